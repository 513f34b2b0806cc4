import { AppError, UnreadableRecord } from "#shared/errors";

export const say = (text: string): void => void process.stdout.write(`${text}\n`);

export const moment = (at: string | null): string => (at ?? "").replace("T", " ").replace(/\.\d+Z$/, " UTC");

/**
 * What the SDK says of an account or a region that is missing is for the operator, too, and so is which row cannot be
 * read.
 */
const textOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(textOf).join("\n");
  if (error instanceof UnreadableRecord) {
    const { pk, sk, faults } = error.facts;
    return `${error.message} ${pk} ${sk}: ${faults.join(", ")}`;
  }
  if (error instanceof AppError && error.cause instanceof Error) return `${error.message} ${error.cause.message}`;
  return error instanceof Error ? error.message : String(error);
};

/** Runs an operator's command: what it fails of is said, and told by the exit code. */
export const runCommand = async (run: () => Promise<void>): Promise<void> => {
  await run().catch((error: unknown) => {
    process.stderr.write(`${textOf(error)}\n`);
    process.exitCode = 1;
  });
};
