import * as z from "zod";
import { noPages } from "../http/door.ts";
import { type LocalServer, listenLocally, readBody, sendJson } from "../http/http-server.ts";
import { AwsRefusal, isSdkCall } from "./aws-call.ts";
import { secretsOperations } from "./secrets-operations.ts";
import { secretsStore } from "./secrets-store.ts";

// a secret is at most 64 KiB, base64 and JSON around it included this is ample
const bodyLimitBytes = 512 * 1024;

const explain = (error: unknown): AwsRefusal => {
  if (error instanceof AwsRefusal) {
    return error;
  }
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return new AwsRefusal("InvalidParameterException", `${issue?.path.join(".")}: ${issue?.message}`);
  }
  return new AwsRefusal("InternalServiceError", "The local Secrets Manager failed.");
};

/** Secrets Manager as far as this service uses it: AWS JSON 1.1 over one file. */
export const startSecretsManager = (file: string): Promise<LocalServer> => {
  const operations = new Map(Object.entries(secretsOperations(secretsStore(file))));

  const answer = (target: string | undefined, body: Buffer | undefined): object => {
    const operation = operations.get(target?.split(".").at(-1) ?? "");
    if (operation === undefined) {
      throw new AwsRefusal("UnknownOperationException", `${target} is not imitated locally.`);
    }
    if (body === undefined) {
      throw new AwsRefusal("InvalidParameterException", "The request is too long.");
    }
    return operation(JSON.parse(body.toString("utf8")));
  };

  return listenLocally(
    async (request, response) => {
      const jsonHeaders = { "content-type": "application/x-amz-json-1.1" };
      try {
        const target = request.headers["x-amz-target"];
        const body = await readBody(request, bodyLimitBytes);
        sendJson(response, 200, answer(typeof target === "string" ? target : undefined, body), jsonHeaders);
      } catch (error) {
        const { code, message } = explain(error);
        const status = code === "InternalServiceError" ? 500 : 400;
        sendJson(response, status, { __type: code, message }, { ...jsonHeaders, "x-amzn-errortype": code });
      }
    },
    0,
    { pages: noPages, takesAnyBody: isSdkCall },
  );
};
