import { AppError } from "#shared/errors";
import { chunkPrefix, chunkSk, listChunks, maxLinesPerChunk, receiptsIn } from "#shared/exports/chunk";
import { exportView } from "#shared/exports/export-view";
import type { Receipt } from "#shared/exports/line";
import { findExport, isOver, listExports, type UsageExport } from "#shared/exports/usage-export";
import { identifier } from "#shared/identifier";
import { listServices } from "#shared/services/hub-service";
import { otherInGradient } from "#shared/services/service-names";
import type { Table } from "#shared/table/table";
import type { LineOutcome } from "#shared/usage/outcome";
import { fromCursor, keyAfter, type ListOf, toCursor } from "./lists/cursor.ts";
import { type List, type ListQuery, listOf, pageIn } from "./lists/list.ts";

interface Dependencies {
  table: Pick<Table, "get" | "query">;
}

/** A partner's own export. Throws `export.not-found`, also for a text that cannot be an id. */
const ownExport = async ({ table }: Dependencies, partnerId: string, exportId: string): Promise<UsageExport> => {
  const id = identifier.safeParse(exportId);
  const found = id.success ? await findExport(table, partnerId, id.data) : undefined;
  if (found) return found;
  throw new AppError("not-found", "export.not-found", "There is no such export.");
};

/** The history, newest first. */
export const readExports =
  ({ table }: Dependencies) =>
  ({ partnerId, cursor, room }: ListQuery) =>
    listOf({
      list: [partnerId, "exports"],
      prefix: "export#",
      cursor,
      room,
      read: async (page) => {
        const { items, next } = await listExports(table, partnerId, page);
        return { items: items.map(exportView), next };
      },
    });

export const readExport =
  (dependencies: Dependencies) =>
  async ({ partnerId, exportId }: { partnerId: string; exportId: string }) =>
    exportView(await ownExport(dependencies, partnerId, exportId));

// read for one answer: a search for a rare outcome goes on with the next page
const maxChunksPerPage = 200;
const chunksAtOnce = 10;

export interface ReceiptQuery extends ListQuery {
  exportId: string;
  outcome?: LineOutcome | undefined;
}

/** A partner that looks for the service in Gradient finds it under the name that it was created with. */
const withNameInGradient = async (table: Pick<Table, "query">) => {
  const names = new Map((await listServices(table)).map((service) => [service.id, otherInGradient(service).name]));
  return (receipt: Receipt): Receipt => {
    const name = names.get(receipt.serviceId) ?? null;
    if (name === null) return receipt;
    const hint = `In Gradient, the service is called "${name}".`;
    return { ...receipt, reason: receipt.reason === null ? hint : `${receipt.reason} ${hint}` };
  };
};

/**
 * The receipts in the order of the run. A page ends with a chunk, so it may hold a few less than others, or none where
 * few lines have the outcome. A run that is under way has receipts up to its first chunk that is not done.
 */
export const readReceipts = (dependencies: Dependencies) => {
  /**
   * Of an export that is over all chunks; of one that is under way those that are done, which they are one after the
   * other.
   */
  async function* settledChunks(value: UsageExport, start: string | undefined) {
    const { partnerId, id, stop } = value;
    const count = value.allChunks ?? value.chunks ?? 0;
    let after = start;
    for (;;) {
      const position = after === undefined ? {} : { after };
      const page = await listChunks(dependencies.table, partnerId, id, { limit: chunksAtOnce, ...position });
      for (const chunk of page.items) {
        if (chunk.number >= count || (chunk.content.state !== "done" && !isOver(value))) return;
        yield { sk: chunkSk(chunk.number), receipts: receiptsIn(chunk, stop) };
      }
      if (page.next === null) return;
      after = page.next;
    }
  }

  return async ({ partnerId, exportId, outcome, cursor, room }: ReceiptQuery): Promise<List<Receipt>> => {
    const list: ListOf = [partnerId, "receipts", exportId, outcome ?? ""];
    const start = fromCursor(list, keyAfter(chunkPrefix), cursor);
    const value = await ownExport(dependencies, partnerId, exportId);
    const named = await withNameInGradient(dependencies.table);
    const { items, hasRoomFor, add } = pageIn<Receipt>(room);
    let chunks = 0;
    let next: string | null = null;
    for await (const { sk, receipts } of settledChunks(value, start)) {
      if (!hasRoomFor(maxLinesPerChunk) || chunks === maxChunksPerPage) return { items, nextCursor: next };
      add(receipts.filter((receipt) => outcome === undefined || receipt.outcome === outcome).map(named));
      chunks += 1;
      next = toCursor(list, sk);
    }
    return { items, nextCursor: null };
  };
};
