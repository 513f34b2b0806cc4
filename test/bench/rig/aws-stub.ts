import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface AwsStub {
  url: string;
  close(): void;
}

const secret = { Name: "secret", SecretString: "bench-secret-0123456789abcdef", VersionId: "v" };

/** As much of Secrets Manager as an export needs: any secret can be read. */
export const startAwsStub = async (): Promise<AwsStub> => {
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(secret));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
};
