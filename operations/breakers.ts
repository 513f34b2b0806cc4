import { closeBreaker, listBreakers, type OpenBreaker } from "#shared/breakers/state/operate";
import { moment, runCommand, say } from "./command.ts";
import { readBreakersCommand } from "./commands.ts";
import { OperatorProblem } from "./options.ts";
import { openTable } from "./stage-table.ts";

const lineOf = ({ key, trouble, since, probeAt }: OpenBreaker): string =>
  `${key}  ${trouble} since ${moment(since)}, Gradient is asked again at ${moment(probeAt)}`;

await runCommand(async () => {
  const { close: key, place } = readBreakersCommand(process.argv.slice(2));
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
