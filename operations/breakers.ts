import { vendorBreaker } from "#shared/breakers/state/breaker";
import { closeBreaker, listBreakers, type OpenBreaker } from "#shared/breakers/state/operate";
import { moment, runCommand, say } from "./command.ts";
import { readBreakersCommand } from "./commands.ts";
import { OperatorProblem } from "./options.ts";
import { openTable } from "./stage-table.ts";

/** While nobody's calls get through, nothing is asked about a single partner. */
const waitsForVendor = (key: string, open: OpenBreaker[]): boolean =>
  key !== vendorBreaker && open.some((each) => each.key === vendorBreaker);

/** One line each. */
const linesOf = (open: OpenBreaker[]): string =>
  open
    .map(({ key, trouble, since, probeAt }) => {
      const next = waitsForVendor(key, open) ? `once ${vendorBreaker} is closed` : `at ${moment(probeAt)}`;
      return `${key}  ${trouble} since ${moment(since)}, Gradient is asked again ${next}`;
    })
    .join("\n");

/** A partner's breaker goes by more than the partner's id. */
const meantBy = (key: string, open: OpenBreaker[]): string => {
  const meant = open.find((each) => each.key.endsWith(`#${key}`));
  return meant ? ` There is ${meant.key}.` : "";
};

await runCommand(async () => {
  const { close: key, place } = readBreakersCommand(process.argv.slice(2));
  const { table, now, close } = await openTable(place);
  try {
    const open = await listBreakers(table);
    if (key === null) {
      say(open.length === 0 ? "Nothing is open." : linesOf(open));
      return;
    }
    if ((await closeBreaker(table, key, now())) === "not-open")
      throw new OperatorProblem(`Nothing is open under ${key}.${meantBy(key, open)}`);
    const next = waitsForVendor(key, open)
      ? `Whoever waits goes on once ${vendorBreaker} is closed.`
      : "Whoever waits goes on within a minute or two.";
    say(`The breaker ${key} is closed. ${next}`);
  } finally {
    close();
  }
});
