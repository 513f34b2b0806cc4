import { vi } from "vitest";

/** Everything that was printed while `work` ran. */
export const printedBy = async (work: () => Promise<unknown>): Promise<string> => {
  const printed: string[] = [];
  const record = (chunk: unknown): boolean => {
    printed.push(chunk instanceof Uint8Array ? Buffer.from(chunk).toString("utf8") : String(chunk));
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockImplementation(record));
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return printed.join("");
};
