import type { History } from "./history.ts";

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** A history as a reader follows it. */
export const tellHistory = (history: History): string => {
  const { kind, seed, startsAt, partners, happenings, badDays, spells, rates, services } = history;
  const faults = Object.entries(rates).filter(([, rate]) => rate > 0);
  const traits = (["tellsMapping", "skews", "tempts"] as const).filter((trait) => history[trait]);
  return [
    `${kind} ${seed}, from ${new Date(startsAt).toISOString()}, ${services} services${traits.map((trait) => `, ${trait}`).join("")}`,
    ...partners.map(
      ({ customers, isActive, unmapped, ledgerBits, schedule, dueInMs }, place) =>
        `  p${place}: ${isActive ? `active, due in ${seconds(dueInMs)}` : "maps"}, ${customers} customers` +
        `${unmapped.length > 0 ? `, unmapped ${unmapped.join(" ")}` : ""}, ${2 ** ledgerBits} ledger rows, ${schedule.frequency}`,
    ),
    ...spells.map(({ from, until }) => `  rough from ${seconds(from)} to ${seconds(until)}`),
    ...(spells.length > 0 ? [`  rates: ${faults.map(([name, rate]) => `${name} ${rate}`).join(", ")}`] : []),
    ...badDays.map(
      ({ kind: what, from, until, partner, calls, part, status, isLasting, rows }) =>
        `  ${what} from ${seconds(from)} to ${seconds(until)}, ${partner === null ? "all" : `p${partner}`}${calls ? `, ${calls} calls` : ""}${part ? `, ${JSON.stringify(part)} ${status}${isLasting ? ", and on" : ""}` : ""}${rows ? `, ${JSON.stringify(rows)}` : ""}`,
    ),
    ...happenings.map(({ at, partner, deed }) => `  ${seconds(at).padStart(10)} p${partner} ${JSON.stringify(deed)}`),
  ].join("\n");
};
