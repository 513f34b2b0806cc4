import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import * as z from "zod";

export interface AwsStub {
  url: string;
  close(): void;
}

const asked = z.object({ SecretId: z.string().default("") });
const anySecret = "bench-secret-0123456789abcdef";

/** As much of Secrets Manager as the benches need: any secret can be read and written; some have a value of their own. */
export const startAwsStub = async (values: Record<string, string> = {}): Promise<AwsStub> => {
  const server = createServer(async (request, response) => {
    const { SecretId } = asked.parse(JSON.parse(await text(request)));
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ Name: "secret", SecretString: values[SecretId] ?? anySecret, VersionId: "v" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
};
