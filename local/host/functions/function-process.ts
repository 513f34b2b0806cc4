import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import * as z from "zod";

export interface FunctionSettings {
  name: string;
  arn: string;
  handlerFile: string;
  /** The handler's name in that file. */
  exported: string;
  environment: Record<string, string>;
  timeoutMs: number;
  memoryMb: number;
  /** The open log file that the function's output goes to. */
  log: number;
}

export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string | undefined;
}

export type Outcome = { succeeded: true; result: unknown } | { succeeded: false; error: FunctionError };

/** One process of a function: it takes one event at a time. */
export interface FunctionProcess {
  isAlive(): boolean;
  invoke(event: unknown): Promise<Outcome>;
  end(): void;
}

const message = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("returned"), result: z.unknown() }),
  z.object({
    type: z.literal("threw"),
    error: z.object({ errorType: z.string(), errorMessage: z.string(), trace: z.string().optional() }),
  }),
]);
type Message = z.infer<typeof message>;

const runtime = fileURLToPath(new URL("../function-runtime.mjs", import.meta.url));

// Lambda's own limit for loading a function
const initTimeoutMs = 10_000;

const failure = (errorType: string, errorMessage: string): Outcome => ({
  succeeded: false,
  error: { errorType, errorMessage },
});

export const startFunctionProcess = (settings: FunctionSettings): FunctionProcess => {
  const { name, arn, handlerFile, exported, environment, timeoutMs, memoryMb, log } = settings;
  const child = spawn(process.execPath, [`--max-old-space-size=${memoryMb}`, runtime, handlerFile, exported], {
    env: environment,
    stdio: ["ignore", log, log, "ipc"],
    // a group of its own: Ctrl-C is for the host, which then stops everything in order
    detached: true,
  });
  let isAlive = true;
  let receive: (received: Message | "gone") => void = () => undefined;
  const next = (limitMs: number): Promise<Message | "gone" | "late"> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve("late"), limitMs);
      receive = (received) => {
        clearTimeout(timer);
        resolve(received);
      };
      if (!isAlive) {
        receive("gone");
      }
    });

  const gone = () => {
    isAlive = false;
    receive("gone");
  };
  child.on("message", (received) => receive(message.parse(received)));
  child.once("exit", gone);
  child.once("error", gone);

  const end = () => {
    isAlive = false;
    child.kill("SIGKILL");
  };

  // listening starts now: a fast function may be ready before the first event is
  const loaded = next(initTimeoutMs);

  const toOutcome = (received: Message | "gone" | "late", limitMs: number): Outcome => {
    if (received === "late") {
      end();
      return failure("Sandbox.Timedout", `Task timed out after ${(limitMs / 1000).toFixed(2)} seconds`);
    }
    if (received === "gone" || received.type === "ready") {
      return failure("Runtime.ExitError", "The process exited before it answered.");
    }
    return received.type === "returned"
      ? { succeeded: true, result: received.result }
      : { succeeded: false, error: received.error };
  };

  const hand = (event: unknown): Promise<Message | "gone" | "late"> => {
    const answered = next(timeoutMs);
    const context = {
      awsRequestId: randomUUID(),
      functionName: name,
      functionVersion: "$LATEST",
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memoryMb),
      logGroupName: `/aws/lambda/${name}`,
      logStreamName: `local/${child.pid}`,
      deadlineMs: Date.now() + timeoutMs,
    };
    // an answer comes back, or the process goes; either ends the waiting
    child.send({ event, context }, () => undefined);
    return answered;
  };

  return {
    isAlive: () => isAlive,
    end,
    invoke: async (event) => {
      const ready = await loaded;
      if (ready === "late" || ready === "gone" || ready.type !== "ready") {
        end();
        return toOutcome(ready, initTimeoutMs);
      }
      if (!isAlive) {
        return failure("Runtime.ExitError", "The process exited before it was given the event.");
      }
      return toOutcome(await hand(event), timeoutMs);
    },
  };
};
