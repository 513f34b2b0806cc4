import type { Changing } from "../../table/changing.ts";
import { findExport, isOver } from "../usage-export.ts";
import { type Admission, admissionWrite, readAdmission, taken } from "./admission.ts";

/**
 * The next run for a worker: one that waits for a message, or one that has just been admitted, with the worker's lease
 * on it.
 */
export interface Next {
  partnerId: string;
  exportId: string;
}

// as long as a message takes to be received, unless all workers are busy
const messageMs = 3_000;

/**
 * A run that was admitted with a message which no worker has received so far. Those that have `failed` with the worker
 * keep their place as it is, for others to find.
 */
export const takeWaiting = ({ table, now }: Pick<Changing, "table" | "now">) => {
  const take = async (admission: Admission, failed: ReadonlySet<string>): Promise<Next | undefined> => {
    const before = new Date(now().getTime() - messageMs).toISOString();
    const waiting = taken(admission).find(
      ({ exportId, waitsSince }) => waitsSince !== null && waitsSince <= before && !failed.has(exportId),
    );
    if (!waiting) return undefined;
    const places = admission.places.map((place) => (place === waiting ? { ...place, waitsSince: null } : place));
    await table.transact([admissionWrite({ ...admission, tookAt: now().toISOString(), places })]);
    const { partnerId, exportId } = waiting;
    const run = await findExport(table, partnerId, exportId);
    const isFree = run && !isOver(run) && (run.lease === null || run.lease.until < now().toISOString());
    return isFree ? { partnerId, exportId } : take(await readAdmission(table), failed);
  };
  return take;
};
