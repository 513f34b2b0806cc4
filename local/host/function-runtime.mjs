// Runs one function in a process of its own, as Lambda's runtime would. Plain JavaScript: stripping types would cost
// every cold start 35 ms and 17 MB.
import { enableCompileCache, flushCompileCache } from "node:module";
import { pathToFileURL } from "node:url";

// the next process of the same bundle is spared half of its start; Node keys what it keeps by the bundle's content
enableCompileCache();

const [, , file, exported] = process.argv;

// the host is gone, however it went
process.on("disconnect", () => process.exit(0));

const describe = (error) => ({
  errorType: error instanceof Error ? error.name : "Error",
  errorMessage: error instanceof Error ? error.message : String(error),
  trace: error instanceof Error ? error.stack : undefined,
});

const load = async () => {
  const { [exported]: handler } = await import(pathToFileURL(file).href);
  if (typeof handler !== "function") {
    throw new TypeError(`${file} exports no function named ${exported}.`);
  }
  // now: the process may be killed, and would have kept nothing
  flushCompileCache();
  return handler;
};

const contextOf = ({ deadlineMs, ...facts }) => ({
  ...facts,
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
});

try {
  const handler = await load();
  process.on("message", async ({ event, context }) => {
    try {
      const result = await handler(event, contextOf(context));
      process.send({ type: "returned", result: result === undefined ? null : result });
    } catch (error) {
      process.send({ type: "threw", error: describe(error) });
    }
  });
  process.send({ type: "ready" });
} catch (error) {
  process.send({ type: "threw", error: describe(error) }, () => process.exit(1));
}
