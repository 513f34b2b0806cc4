import { callTimeoutMs } from "#shared/gradient/lost-calls";

/** With less time left no call goes out: it may take as long as it may, and what it brought is to be written down. */
export const lastCallMs = callTimeoutMs + 7_000;

/** Its next call would come too late for this invocation: the run is handed over to another one. */
export class OutOfTime extends Error {
  override name = "OutOfTime";
}
