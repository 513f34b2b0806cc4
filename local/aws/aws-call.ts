import { Agent, type IncomingMessage, request } from "node:http";
import { request as secureRequest } from "node:https";
import * as z from "zod";

export const localRegion = "us-east-1";
export const localAccount = "000000000000";

/** No emulator checks them, and none of them is worth anything anywhere else. */
export const localCredentials = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };

/** Calls one operation of an AWS service that speaks JSON, for instance `("DynamoDB_20120810.Scan", { … })`. */
export type AwsCall = (target: string, body: object, signal?: AbortSignal) => Promise<unknown>;

/** The service said no; `code` is the name of its exception. */
export class AwsRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "AwsRefusal";
    this.code = code;
  }
}

export const isRefusal = (error: unknown, code: string): boolean => error instanceof AwsRefusal && error.code === code;

const refusal = z.object({
  __type: z.string().default("UnknownError"),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/** `com.amazonaws.sqs#QueueDoesNotExist` and `QueueDoesNotExist` are one name. */
const toRefusal = (text: string): AwsRefusal => {
  try {
    const { __type, message, Message } = refusal.parse(JSON.parse(text));
    return new AwsRefusal(__type.slice(__type.lastIndexOf("#") + 1), message ?? Message ?? __type);
  } catch {
    return new AwsRefusal("UnknownError", text.slice(0, 200));
  }
};

/** A header that the services which speak JSON go by; a page would need a preflight for it. */
export const isSdkCall = ({ headers }: IncomingMessage): boolean => headers["x-amz-target"] !== undefined;

const agent = new Agent({ keepAlive: true });

/**
 * The host's own way to the emulators. Four operations do not need an SDK, which would cost 0.2 s of every start; the
 * functions under test do use it.
 */
export const awsCall =
  ({ endpoint, service, version }: { endpoint: string; service: string; version: "1.0" | "1.1" }): AwsCall =>
  (target, body, signal) =>
    new Promise((resolve, reject) => {
      const now = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
      const scope = `${localCredentials.AWS_ACCESS_KEY_ID}/${now.slice(0, 8)}/${localRegion}/${service}/aws4_request`;
      const headers = {
        "content-type": `application/x-amz-json-${version}`,
        "x-amz-target": target,
        "x-amz-date": now,
        // emulators read the region out of it and verify nothing
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`,
      };
      const isSecure = endpoint.startsWith("https:");
      const open = isSecure ? secureRequest : request;
      const call = open(
        endpoint,
        { method: "POST", headers, ...(isSecure ? {} : { agent }), ...(signal ? { signal } : {}) },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on("data", (chunk: Buffer) => chunks.push(chunk));
          reply.on("error", reject);
          reply.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            if (reply.statusCode !== 200) {
              reject(toRefusal(text));
              return;
            }
            resolve(text === "" ? {} : JSON.parse(text));
          });
        },
      );
      call.on("error", reject);
      call.end(JSON.stringify(body));
    });
