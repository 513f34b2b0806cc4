import { fromIntegrationItem, type Integration } from "../../integrations/integration.ts";
import { dueKinds } from "../../integrations/record/due-dates.ts";
import { expectedLines, largeLines } from "../../integrations/record/expected-lines.ts";
import { readableOrNot } from "../../stored.ts";
import { handleDueRows } from "../../table/due-items.ts";
import { type Key, retryOnConflict, type Table } from "../../table/table.ts";
import { isListed } from "../attention.ts";
import { exportKey, fromExportItem, isHeld, isOver, type UsageExport } from "../usage-export.ts";
import { admissionWrite, findAdmission, type Place } from "./admission.ts";

// every partner that can send something has its next look, or the next try of its token, before that
const endOfTime = new Date("9999-12-31T23:59:59.999Z");

/** A partner whose record names a run. */
type Named = Pick<Integration, "partnerId" | "sizes"> & { exportId: string };

export interface Rebuilt {
  /** Partners whose record was looked at. */
  partners: number;
  /** The row could not be read. */
  wasUnreadable: boolean;
  added: Place[];
  /** Listed, and over or gone. */
  dropped: Place[];
  listed: number;
  /** Records, and runs that are not listed, that cannot be read: nobody knows whether they should be. */
  unreadable: Key[];
}

const keyOf = ({ partnerId, exportId }: { partnerId: string; exportId: string }) => exportKey(partnerId, exportId);
const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;

/** Each partner that has a connection or a token to look after, and with it each that can have been admitted. */
const namedRuns = async (table: Pick<Table, "due" | "get" | "getMany">) => {
  const named: Named[] = [];
  const unreadable: Key[] = [];
  let partners = 0;
  await handleDueRows({ table, ...dueKinds.look, until: endOfTime, hasTime: () => true }, async (row) => {
    partners += 1;
    const found = readableOrNot(row, fromIntegrationItem);
    if (!found) unreadable.push({ pk: row.pk, sk: row.sk });
    else if (found.currentExportId !== null) {
      named.push({ partnerId: found.partnerId, sizes: found.sizes, exportId: found.currentExportId });
    }
  });
  return { named, unreadable, partners };
};

const placeOf = (
  run: UsageExport,
  admittedFor: NonNullable<UsageExport["admittedFor"]>,
  { sizes }: Named,
  now: Date,
) => {
  const { partnerId, id: exportId, kind, trigger } = run;
  const lines = run.chunks === null ? expectedLines({ sizes }, { kind: admittedFor.want, trigger }) : run.toSend;
  return {
    partnerId,
    exportId,
    isLarge: lines > largeLines,
    isRepeat: kind === "repeat",
    // whoever has room takes it on: its message may have been received by nobody
    waitsSince: isHeld(run, now) ? null : now.toISOString(),
  };
};

/**
 * Lists the runs under way anew, for an operator: those that were admitted, are not over and have got lost come back,
 * those that are over go. However many there are: each that is left out would keep its partner for ever. It is safe
 * beside the service, which waits for the row, and a second time changes nothing.
 */
export const rebuildAdmission = async (
  table: Pick<Table, "get" | "getMany" | "due" | "put">,
  now: () => Date,
): Promise<Rebuilt> => {
  const { named, unreadable, partners } = await namedRuns(table);
  return retryOnConflict(async () => {
    // before the runs: one that is admitted or ended meanwhile changes the row, or is dropped by whoever admits
    const { value, isReadable, version } = await findAdmission(table);
    const held = new Map(value.places.map((place) => [nameOf(keyOf(place)), place]));
    const lost = named.filter((one) => !held.has(nameOf(keyOf(one))));
    const keys = [...held.values(), ...lost].map(keyOf);
    const found = keys.length === 0 ? [] : await table.getMany(keys);
    const rows = new Map(found.map((row) => [nameOf(row), row]));
    const rowOf = (one: { partnerId: string; exportId: string }) => rows.get(nameOf(keyOf(one)));
    const kept: Place[] = [];
    const dropped: Place[] = [];
    for (const place of held.values()) {
      const row = rowOf(place);
      const run = row && readableOrNot(row, fromExportItem);
      // one that cannot be read may be under way
      const isGone = row === undefined || (run !== undefined && isOver(run));
      (isGone ? dropped : kept).push(place);
    }
    const added: Place[] = [];
    const unknown: Key[] = [];
    for (const partner of lost) {
      const row = rowOf(partner);
      const run = row && readableOrNot(row, fromExportItem);
      if (row && !run) unknown.push({ pk: row.pk, sk: row.sk });
      if (!run || isOver(run) || !isListed(run) || run.admittedFor === null) continue;
      added.push(placeOf(run, run.admittedFor, partner, now()));
    }
    const places = [...kept, ...added];
    const isChanged = !isReadable || added.length > 0 || places.length < value.places.length;
    if (isChanged) {
      const { put, expect } = admissionWrite({ ...value, places });
      // a row without a version: nobody else can have read it, to write it
      await (version === null ? table.put(put) : table.put(put, expect));
    }
    return {
      partners,
      wasUnreadable: !isReadable,
      added,
      dropped,
      listed: places.length,
      unreadable: [...unreadable, ...unknown],
    };
  });
};
