import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Call {
  MessageBody?: string;
}

export interface AwsStub {
  url: string;
  /** Told of each message that is sent to a queue. */
  onMessage: (body: string) => void;
  close(): void;
}

const secret = { Name: "secret", SecretString: "bench-secret-0123456789abcdef", VersionId: "v" };

/** As much of SQS and Secrets Manager as an export needs: any secret can be read, and messages are handed on. */
export const startAwsStub = async (): Promise<AwsStub> => {
  const stub: AwsStub = { url: "", onMessage: () => undefined, close: () => void server.close() };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { MessageBody }: Call = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
    if (MessageBody === undefined) {
      response.end(JSON.stringify(secret));
      return;
    }
    const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex");
    response.end(JSON.stringify({ MessageId: "message", MD5OfMessageBody }));
    stub.onMessage(MessageBody);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return stub;
};
