import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const organization: unknown = JSON.parse(
  readFileSync(new URL("../../fixtures/gradient/organization-active.json", import.meta.url), "utf8"),
);

/** As much of Gradient as a person's own calls need: it knows every key as that of another organization. */
export const startGradientStub = async (): Promise<{ url: string; close(): void }> => {
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      response.writeHead(200, { "content-type": "application/json" });
      const id = hash("sha256", String(request.headers["gradient-token"])).slice(0, 24);
      response.end(JSON.stringify({ ...Object(organization), organizationId: id, integrationId: id }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/api`, close: () => void server.close() };
};
