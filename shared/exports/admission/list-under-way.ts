import { readableOrNot } from "../../stored.ts";
import { handleDueRows } from "../../table/due-items.ts";
import type { Key, Table } from "../../table/table.ts";
import { runningExports } from "../attention.ts";
import { exportKey, fromExportItem, isOver, type UsageExport } from "../usage-export.ts";
import { findAdmission, type Place } from "./admission.ts";

/** Admitted, in a place for large or small runs or as a repeat of old counts; begun for somebody who waits; a look. */
export type RunClass = "large" | "small" | "repeat" | "on-demand" | "look";

/** A run under way as an operator sees it; null where its row cannot be read, or is gone. */
export interface UnderWay {
  class: RunClass;
  key: Key;
  run: UsageExport | null;
}

const endOfTime = new Date("9999-12-31T23:59:59.999Z");

const classOf = ({ isRepeat, isLarge }: Place): RunClass => {
  if (isRepeat) return "repeat";
  return isLarge ? "large" : "small";
};

/** The runs that are in no list: they are in the index until they are over. */
const indexed = async (table: Pick<Table, "due" | "get" | "getMany">): Promise<UnderWay[]> => {
  const found: UnderWay[] = [];
  const due = { table, kind: runningExports, until: endOfTime, hasTime: () => true };
  await handleDueRows(due, async (row) => {
    const run = readableOrNot(row, fromExportItem) ?? null;
    // the index lags behind
    if (run && isOver(run)) return;
    const { pk, sk } = row;
    found.push({ class: sk.startsWith("look#") ? "look" : "on-demand", key: { pk, sk }, run });
  });
  return found;
};

/** Every run under way that somebody sees to, those that were admitted first; whether their list can be read. */
export const listUnderWay = async (
  table: Pick<Table, "get" | "getMany" | "due">,
): Promise<{ isReadable: boolean; admitted: number; runs: UnderWay[] }> => {
  const { value, isReadable } = await findAdmission(table);
  const keys = new Map(value.places.map((place) => [place.exportId, exportKey(place.partnerId, place.exportId)]));
  const rows = keys.size === 0 ? [] : await table.getMany([...keys.values()]);
  const admitted = value.places.map((place): UnderWay => {
    const key = exportKey(place.partnerId, place.exportId);
    const row = rows.find(({ pk, sk }) => pk === key.pk && sk === key.sk);
    return { class: classOf(place), key, run: (row && readableOrNot(row, fromExportItem)) ?? null };
  });
  return { isReadable, admitted: value.places.length, runs: [...admitted, ...(await indexed(table))] };
};
