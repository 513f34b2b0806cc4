import { closeBreaker, listBreakers, type OpenBreaker } from "#shared/breakers/state/operate";
import { moment, runCommand, say } from "./command.ts";
import { OperatorProblem, type Place, readArguments } from "./options.ts";
import { openTable } from "./stage-table.ts";

const usage = `npm run breakers -- list --stage prod                       what is open
npm run breakers -- close vendor --stage prod               lets everybody go on
npm run breakers -- close 'partner#org-1001' --stage prod   lets one partner go on
--stage is dev, prod or local; --table names a table instead.`;

/** `list` where no breaker's key is to be closed. */
const readCommand = (args: string[]): { close: string | null; place: Place } => {
  const { words, place } = readArguments(args, usage);
  const [verb, key, ...more] = words;
  const isList = verb === "list" && key === undefined;
  const isClose = verb === "close" && key !== undefined && more.length === 0;
  if (!isList && !isClose) throw new OperatorProblem(usage);
  return { close: isClose ? key : null, place };
};

const lineOf = ({ key, trouble, since, probeAt }: OpenBreaker): string =>
  `${key}  ${trouble} since ${moment(since)}, Gradient is asked again at ${moment(probeAt)}`;

await runCommand(async () => {
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
});
