import { writeSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { localCredentials, localRegion } from "../../aws/aws-call.ts";
import { type AwsEndpoints, endpointVariables } from "../../aws/aws-endpoints.ts";
import type { Stack } from "../template/stack.ts";
import { functionPool, type LocalFunction } from "./function-pool.ts";
import type { Outcome } from "./function-process.ts";

const functionProperties = z.object({
  Handler: z.string(),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).default({ Variables: {} }),
});

interface FunctionOptions {
  stack: Stack;
  /** The folder that the template's assets are relative to. */
  folder: string;
  endpoints: AwsEndpoints;
  /** The open log file that functions write to. */
  log: number;
  /** Shows one line to the person at the keyboard. */
  say(line: string): void;
  onInvocation(): void;
}

/** What Lambda itself puts into a function's environment, as far as anything reads it. */
const runtimeVariables = (name: string, memoryMb: number, endpoints: AwsEndpoints): Record<string, string> => ({
  ...localCredentials,
  ...endpointVariables(endpoints),
  AWS_REGION: localRegion,
  AWS_DEFAULT_REGION: localRegion,
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  // the profile of whoever starts this must not reach a function
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  TZ: ":UTC",
  LANG: "en_US.UTF-8",
});

// a function that fails on every attempt is said once in a while, and each time in the log
const repeatAfterMs = 10_000;

const reporter = ({ log, say }: Pick<FunctionOptions, "log" | "say">, name: string) => {
  let lastLine = "";
  let lastAt = 0;
  return (outcome: Outcome): void => {
    if (outcome.succeeded) {
      return;
    }
    const { errorType, errorMessage } = outcome.error;
    const entry = { level: "ERROR", message: "invocation failed", function: name, ...outcome.error };
    writeSync(log, `${JSON.stringify({ ...entry, timestamp: new Date().toISOString() })}\n`);
    const line = `${name} failed: ${errorType}: ${errorMessage.split("\n")[0]?.slice(0, 160)}`;
    if (line !== lastLine || Date.now() - lastAt > repeatAfterMs) {
      say(line);
      lastLine = line;
      lastAt = Date.now();
    }
  };
};

/** Every function of the template, by name; its processes start when the first event comes. */
export const localFunctions = (options: FunctionOptions): Map<string, LocalFunction> => {
  const { stack, folder, endpoints, log, onInvocation } = options;
  return new Map(
    stack.ofType("AWS::Lambda::Function").flatMap((resource) => {
      const asset = resource.metadata["aws:asset:path"];
      if (typeof asset !== "string") {
        // CDK's own helpers, for instance for custom resources, carry their code in the template
        return [];
      }
      const { Handler, Timeout, MemorySize, Environment } = stack.properties(resource, functionProperties);
      const name = stack.nameOf(resource);
      const [module = "index", exported = "handler"] = Handler.split(".");
      const report = reporter(options, name);
      const pool = functionPool({
        settings: {
          name,
          arn: stack.arnOf(resource),
          handlerFile: join(folder, asset, `${module}.mjs`),
          exported,
          environment: { ...runtimeVariables(name, MemorySize, endpoints), ...Environment.Variables },
          timeoutMs: Timeout * 1000,
          memoryMb: MemorySize,
          log,
        },
        onOutcome: (outcome) => {
          report(outcome);
          onInvocation();
        },
      });
      return [[name, pool] as const];
    }),
  );
};
