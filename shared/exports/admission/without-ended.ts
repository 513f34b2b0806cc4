import { isAppError } from "../../errors.ts";
import { largeLines } from "../../integrations/record/expected-lines.ts";
import { logFailure } from "../../log-failure.ts";
import { readableOf } from "../../stored.ts";
import type { Table } from "../../table/table.ts";
import { exportKey, fromExportItem, isOver } from "../usage-export.ts";
import type { Admission, Place } from "./admission.ts";

/** The places of runs that are not over, each as large as its plan says by now. */
export const withoutEnded = async (table: Pick<Table, "getMany">, admission: Admission): Promise<Admission> => {
  const keyOf = ({ partnerId, exportId }: Place) => exportKey(partnerId, exportId);
  const rows = await table.getMany(admission.places.map(keyOf)).catch((error: unknown) => {
    if (!isAppError(error, "table.unavailable")) throw error;
    logFailure("which runs are over cannot be read, they keep their places", error);
  });
  // the row of one may be read and written too often for now, and others have a place nevertheless
  if (!rows) return admission;
  const places = admission.places.flatMap((place): Place[] => {
    const { pk, sk } = keyOf(place);
    const row = rows.find((its) => its.pk === pk && its.sk === sk);
    if (!row) return [];
    const [run] = readableOf([row], fromExportItem);
    // one that cannot be read may be under way: it stays listed
    if (!run) return [{ ...place, isAside: true }];
    return isOver(run) ? [] : [{ ...place, isLarge: run.chunks === null ? place.isLarge : run.toSend > largeLines }];
  });
  return { ...admission, places };
};
