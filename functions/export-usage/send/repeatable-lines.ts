import { findChunk } from "#shared/exports/chunk";
import { type Bucket, bucketOf } from "#shared/usage/ledger";
import { isRefused } from "#shared/usage/trouble";
import type { ExportRun } from "./export-run.ts";
import type { Repeatable } from "./repeat-count.ts";

// where all of an account's are refused, those of another one are in a chunk nearby
const maxChunks = 20;
// another worker may have planned the run; a number that was accepted a little before is held just as well
const clocksApartMs = 5_000;

/** The numbers that this run has brought to Gradient, the newest first. */
const repeatable = ({ number, entries }: Bucket, { services, lease }: ExportRun): Repeatable[] => {
  const since = Date.parse(lease.current().readAt ?? "") - clocksApartMs;
  return [...entries.values()]
    .flatMap((entry) => {
      const { accepted, doubt, last } = entry;
      const serviceId = services.get(entry.serviceId)?.gradientServiceId;
      if (!accepted || !serviceId || last.outcome !== "accepted" || Date.parse(accepted.at) < since) return [];
      // another number may have landed since, or still land
      if (doubt !== null && doubt.unitCount !== accepted.unitCount) return [];
      return [{ row: number, entry, serviceId, ...accepted }];
    })
    .sort((a, b) => Number(b.at > a.at) - Number(b.at < a.at));
};

/** The rows of the ledger that have an accepted line of this run, that of the last one first. */
async function* rowsWithAccepted({ table, lease, ledgerBits }: ExportRun): AsyncGenerator<number> {
  const { partnerId, id, acceptedLine, nextChunk } = lease.current();
  if (!acceptedLine) return;
  const first = bucketOf(acceptedLine.customerId, ledgerBits);
  yield first;
  const seen = new Set([first]);
  for (let number = nextChunk - 1; number >= Math.max(0, nextChunk - maxChunks); number -= 1) {
    const chunk = await findChunk(table, partnerId, id, number);
    if (chunk?.content.state !== "done" || seen.has(chunk.bucket)) continue;
    if (!chunk.content.receipts.some(({ outcome }) => outcome === "accepted")) continue;
    seen.add(chunk.bucket);
    yield chunk.bucket;
  }
}

/**
 * The numbers of this run that may be repeated, those that Gradient will take most likely first: one line of each
 * account, for what refuses one of an account refuses its others, as a rule; then their other lines; and last those of
 * a customer or a service that Gradient has refused a line of, the fewer the sooner.
 */
export async function* repeatableLines(
  run: ExportRun,
  rowOf: (number: number) => Promise<Bucket>,
): AsyncGenerator<Repeatable> {
  const refused = { customers: new Map<string, number>(), services: new Map<string, number>() };
  const count = (among: Map<string, number>, id: string) => among.set(id, (among.get(id) ?? 0) + 1);
  const refusedBeside = ({ entry: { customerId, serviceId } }: Repeatable): number =>
    (refused.customers.get(customerId) ?? 0) + (refused.services.get(serviceId) ?? 0);

  const others: Repeatable[] = [];
  for await (const number of rowsWithAccepted(run)) {
    const row = await rowOf(number);
    for (const { customerId, serviceId } of [...row.entries.values()].filter(isRefused)) {
      count(refused.customers, customerId);
      count(refused.services, serviceId);
    }
    const { likely = [], doubtful = [] } = Object.groupBy(repeatable(row, run), (line) =>
      refusedBeside(line) === 0 ? "likely" : "doubtful",
    );
    const accounts = [...Map.groupBy(likely, ({ entry }) => entry.customerId).values()];
    others.push(...accounts.flatMap((its) => its.slice(1)), ...doubtful);
    yield* accounts.flatMap((its) => its.slice(0, 1));
  }
  yield* others.toSorted((a, b) => refusedBeside(a) - refusedBeside(b));
}
