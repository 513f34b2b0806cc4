import { closeBreaker, listBreakers, type OpenBreaker } from "#shared/breakers/state/operate";
import { AppError } from "#shared/errors";
import { OperatorProblem, readCommand } from "./options.ts";
import { openTable } from "./stage-table.ts";

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const moment = (at: string | null) => (at ?? "").replace("T", " ").replace(/\.\d+Z$/, " UTC");

const lineOf = ({ key, trouble, since, probeAt }: OpenBreaker): string =>
  `${key}  ${trouble} since ${moment(since)}, Gradient is asked again at ${moment(probeAt)}`;

const run = async (): Promise<void> => {
  const { close: key, place } = readCommand(process.argv.slice(2));
  const { table, now, close } = await openTable(place);
  try {
    const open = await listBreakers(table);
    if (key === null) {
      say(open.length === 0 ? "Nothing is open." : open.map(lineOf).join("\n"));
      return;
    }
    if ((await closeBreaker(table, key, now())) === "not-open")
      throw new OperatorProblem(`Nothing is open under ${key}.`);
    say(`${key} is closed. Whoever waits goes on within a minute or two.`);
  } finally {
    close();
  }
};

/** What the SDK says of an account or a region that is missing is for the operator, too. */
const textOf = (error: unknown): string => {
  if (error instanceof AppError && error.cause instanceof Error) return `${error.message} ${error.cause.message}`;
  return error instanceof Error ? error.message : String(error);
};

await run().catch((error: unknown) => {
  process.stderr.write(`${textOf(error)}\n`);
  process.exitCode = 1;
});
