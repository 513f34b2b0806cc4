import { vi } from "vitest";
import { setLogLevel } from "#shared/logger";

/** Everything that was printed while `work` ran, log lines of every level included. */
export const printedBy = async (work: () => Promise<unknown>): Promise<string> => {
  const printed: string[] = [];
  const record = (chunk: unknown): boolean => {
    printed.push(chunk instanceof Uint8Array ? Buffer.from(chunk).toString("utf8") : String(chunk));
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockImplementation(record));
  setLogLevel("DEBUG");
  try {
    await work();
  } finally {
    setLogLevel("SILENT");
    for (const spy of spies) spy.mockRestore();
  }
  return printed.join("");
};
