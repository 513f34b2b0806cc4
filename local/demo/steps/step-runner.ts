import type { Terminal } from "../traveller/terminal.ts";

export type RunStep = <T>(title: string, run: () => Promise<T>) => Promise<T>;

/** Numbers the steps as they come; a step that fails is named in the error that leaves it. */
export const stepRunner = (terminal: Terminal, total: number): RunStep => {
  let number = 0;
  return async (title, run) => {
    number += 1;
    terminal.heading(`${number} of ${total}  ${title}`);
    try {
      return await run();
    } catch (error) {
      throw new Error(`Step ${number}, "${title}", failed: ${messageOf(error)}`, { cause: error });
    }
  };
};

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
