import { listChunks, receiptsIn } from "#shared/exports/chunk";
import { outcomeOf } from "#shared/exports/ending/outcome-of";
import { addOutcomes, noTotals, type Receipt } from "#shared/exports/line";
import { isOver, type UsageExport } from "#shared/exports/usage-export";
import { listServices } from "#shared/services/hub-service";
import { lineKey } from "#shared/usage/ledger";
import { lineOf } from "../gradient/call.ts";
import type { World } from "../world/world.ts";

const many = { limit: 1_000 };

/** One receipt for each line, which sum up, and every accepted number was really accepted by Gradient. */
export const brokenReceipts = async ({ table, vendor, history }: World, over: UsageExport): Promise<string[]> => {
  const { id, partnerId, nextChunk } = over;
  if (!isOver(over)) return [`ends: export ${id} of ${partnerId} is ${over.state} for ever`];
  const faults: string[] = [];
  if (outcomeOf(over) !== over.outcome) faults.push(`outcome: export ${id} says ${over.outcome}`);
  const { items } = await listChunks(table, partnerId, id, many);
  const receipts: Receipt[] = [];
  // whoever closed its run could not read it, or where its numbers were to be noted
  const isUnread = history.badDays.some(({ rows }) => rows?.of === "chunk" || rows?.of === "ledger");
  for (const chunk of items) {
    const { number, content } = chunk;
    if (number >= (over.allChunks ?? 0)) continue;
    receipts.push(...receiptsIn(chunk, over.stop));
    // what nobody had begun when the run was closed stays as it was planned
    if (
      !isUnread &&
      content.state !== "done" &&
      (over.stop === null || number < nextChunk || content.state === "sending")
    )
      faults.push(`chunks: number ${number} of ${id} is ${content.state} for ever`);
  }
  const sums = { ...addOutcomes(noTotals, receipts), lines: receipts.length };
  // what could be read again later tells more than the totals of then
  const toldLess =
    isUnread && sums.lines === over.totals.lines && sums.deferred < over.totals.deferred && over.stop !== null;
  if (!toldLess && JSON.stringify(sums) !== JSON.stringify(over.totals)) {
    faults.push(`totals: export ${id} counts ${JSON.stringify(over.totals)}, its receipts ${JSON.stringify(sums)}`);
  }
  if (new Set(receipts.map(lineKey)).size < receipts.length) faults.push(`receipts: a line of ${id} has two`);
  const ids = new Map((await listServices(table)).map((service) => [service.id, service.gradientServiceId ?? ""]));
  const accepted = vendor.connection(over.connectionId)?.accepted;
  for (const { customerId, serviceId, unitCount, outcome } of receipts) {
    const line = lineOf(customerId, ids.get(serviceId) ?? "");
    if (outcome === "accepted" && !accepted?.get(line)?.has(unitCount ?? -1)) {
      faults.push(`accepted: ${id} has a receipt for ${unitCount} on ${line}, which Gradient never accepted`);
    }
  }
  return faults;
};
