import { UnreadableRecord } from "../../errors.ts";
import { eventWrite, serviceActor } from "../../events/event.ts";
import { landsWithinMs } from "../../gradient/lost-calls.ts";
import { askLook } from "../../integrations/ask-look.ts";
import { type Integration, maySend, withProblem } from "../../integrations/integration.ts";
import { wish, withoutRun } from "../../integrations/record/wants.ts";
import { logFailure } from "../../log-failure.ts";
import { fromServiceItem, serviceKey } from "../../services/hub-service.ts";
import { type OpenWord, readableOf } from "../../stored.ts";
import type { Changing } from "../../table/changing.ts";
import { store, type Table, type Write, written } from "../../table/table.ts";
import { quietFrom } from "../attention.ts";
import { exportWrite, isLook, type StopReason, type UsageExport } from "../usage-export.ts";
import { abandonExport, withRestDeferred } from "./abandon-export.ts";
import { afterRun, endOf } from "./end-export.ts";
import { afterFinal, unmappedWithUnits } from "./final-counts.ts";
import { resultMails } from "./result-mails.ts";

export interface Closing extends Changing {
  /** 0 to 1. */
  random: () => number;
}

export interface Closed {
  over: UsageExport;
  /** The partner's record as it is to be written in the same transaction. */
  after: Integration;
  /** All but that record. */
  writes: Write[];
}

/** Those services that the run missed in Gradient and that are not there yet. */
const stillAwaitedBy = async (table: Pick<Table, "getMany">, { awaitedServiceIds }: UsageExport): Promise<string[]> => {
  if (awaitedServiceIds.length === 0) return [];
  const services = readableOf(await table.getMany(awaitedServiceIds.map(serviceKey)), fromServiceItem);
  const ready = new Set(services.flatMap(({ id, gradientServiceId }) => (gradientServiceId === null ? [] : [id])));
  return awaitedServiceIds.filter((id) => !ready.has(id));
};

/** What writes down, in one transaction, how a run ended, and frees its partner with what is wanted then. */
export const closingWrites =
  ({ table, now, newId, random }: Closing) =>
  async (run: UsageExport, before: Integration): Promise<Closed> => {
    const time = now();
    const at = time.toISOString();
    const over = endOf(run, time);
    const stillAwaited = await stillAwaitedBy(table, over);
    const record = afterRun(before, over, { now: time, random: random(), stillAwaited });
    const ended = record.currentExportId === null ? { ...record, wants: withoutRun(record.wants) } : record;
    const { partnerId, id: exportId, outcome, totals } = over;
    // services that passed for unmapped, and accounts whose zeros have arrived or cannot
    const hasLearned = ended.mapping.mappedServiceIds.length > before.mapping.mappedServiceIds.length;
    // one that a look has tried in vain is tried by the next: asked for at once, they would never end
    const triedInVain = isLook(over) ? 0 : totals.unmapped;
    const mayRetire = (over.endsBilling && totals.accepted + triedInVain > 0) || before.looks.retiresLater;
    // the coverage that is shown is the one that the last look has found
    const isOutdated = ended.mapping.isCoverageKept && over.kind === "all" && totals.accepted + totals.unmapped > 0;
    const stillHeld = await unmappedWithUnits(table, over, before.ledgerBits);
    const { closing, goingOn, areLeft } = afterFinal(before.closing, over, stillHeld, { at, newId });
    const left = { ...ended, closing };
    const closed = areLeft ? withProblem(left, "counts.left", at) : left;
    const { integration: after, owed } =
      (hasLearned || mayRetire || isOutdated) && maySend(closed)
        ? askLook(closed, "export", { at, newId })
        : { integration: closed, owed: [] };
    return {
      over: written(over),
      after,
      writes: [
        exportWrite(over),
        ...(isLook(over)
          ? []
          : [
              eventWrite({
                id: newId(),
                partnerId,
                type: "export.finished",
                at,
                details: { exportId, outcome, ...totals },
                ...serviceActor,
              }),
            ]),
        ...owed,
        ...goingOn,
        ...resultMails(over, before, { at, newId }),
      ],
    };
  };

/**
 * The same for a run that no worker will end: whoever closes it sees first to what its worker may have sent. Where a
 * row of that cannot be read, it keeps nobody from leaving, from a new key or from cancelling for longer than a number
 * may be on its way.
 */
export const closingAbandoned = (dependencies: Closing) => {
  const closing = closingWrites(dependencies);
  const closeUnread = closingUnread(dependencies);
  const { table, now } = dependencies;
  return async (run: UsageExport, before: Integration, stop: OpenWord<StopReason>): Promise<Closed> => {
    const ledger = { partnerId: run.partnerId, bits: before.ledgerBits, connectionId: run.connectionId ?? "" };
    // First of all: where this closing dies among the chunks, no worker may take what it has left for the run's last
    // lines, nor for lines that are owed one by one.
    const stopped = { ...run, stop: run.stop ?? stop, suspectsFrom: null };
    await store(table, exportWrite(stopped));
    try {
      const abandoned = await abandonExport({ table, now: now(), landsWithinMs }, ledger, written(stopped), stop);
      return await closing(abandoned, before);
    } catch (error) {
      // whatever is sent next must not be followed by a number that nobody knows of
      if (!(error instanceof UnreadableRecord) || quietFrom(run) > now().getTime()) throw error;
      logFailure("what a run may have sent is not known", error);
      return closeUnread(written(stopped), before, stop);
    }
  };
};

/**
 * The same where the run's chunks, or rows of the ledger, cannot be read or written: a run must not keep its partner
 * for ever. What its worker may have sent is not known then, so no acceptance proves anything any more, and everything
 * is sent again; unless it was a dry run, which sends nothing.
 */
export const closingUnread = (dependencies: Closing) => {
  const closing = closingWrites(dependencies);
  return (run: UsageExport, before: Integration, stop: OpenWord<StopReason>): Promise<Closed> => {
    const stopped = withRestDeferred({ ...run, stop: run.stop ?? stop });
    if (run.mode === "dry-run") return closing(stopped, before);
    const wants = wish(before.wants, "all", { at: dependencies.now().toISOString(), trigger: "recovery" });
    return closing(stopped, { ...before, wants, proofGen: before.proofGen + 1 });
  };
};
