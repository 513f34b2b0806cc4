import * as z from "zod";
import { UnreadableRecord } from "../../errors.ts";
import { instant } from "../../identifier.ts";
import type { Integration } from "../../integrations/integration.ts";
import { wish, withoutRun } from "../../integrations/record/wants.ts";
import { logFailure } from "../../log-failure.ts";
import { type Item, type RowWrite, type Table, versioned } from "../../table/table.ts";
import { quietFrom } from "../attention.ts";
import { exportKey, fromExportItem, type UsageExport } from "../usage-export.ts";

/** The run that a partner's record names; `unread`: its row, where that cannot be read. */
export interface UnderWay {
  running?: UsageExport;
  unread?: Item | undefined;
}

const attended = z.object({ lease: z.object({ until: instant }).nullable(), queuedAt: instant });

/** What its worker may have sent without an answer can land no more. Where the row does not tell, nobody knows. */
const isQuiet = (unread: Item, at: Date): boolean => {
  const { data } = attended.safeParse(unread);
  return data !== undefined && quietFrom(data) <= at.getTime();
};

/**
 * For what a person decides: a row that cannot be read must keep nobody from leaving, or from a new key. But no number
 * of that run may land after whatever is sent next, or after Gradient has heard that the partner left, which would make
 * its connection active again: while one may, the failure is thrown.
 */
export const runUnderWay = async (
  table: Pick<Table, "get">,
  { partnerId, currentExportId }: Pick<Integration, "partnerId" | "currentExportId">,
  now: Date,
): Promise<UnderWay> => {
  const row = currentExportId === null ? undefined : await table.get(exportKey(partnerId, currentExportId));
  if (!row) return {};
  try {
    return { running: fromExportItem(row) };
  } catch (error) {
    if (!(error instanceof UnreadableRecord) || !isQuiet(row, now)) throw error;
    logFailure("a run under way cannot be read and is given up", error);
    return { unread: row };
  }
};

/**
 * The partner is free of a run that cannot be read. What that has sent is not known, so no acceptance proves anything
 * any more. Of its row only the stop is written: once somebody has put it right, the run is closed instead of sent
 * beside another one.
 */
export const givenUp = (
  record: Integration,
  unread: Item | undefined,
  at: string,
): { after: Integration; writes: RowWrite[] } => {
  if (!unread) return { after: record, writes: [] };
  const wants = withoutRun(record.wants);
  return {
    after: {
      ...record,
      currentExportId: null,
      proofGen: record.proofGen + 1,
      wants: record.state === "active" ? wish(wants, "all", { at, trigger: "recovery" }) : wants,
    },
    // without a version that can be told nobody writes the row but whoever puts it right
    writes: Number.isInteger(unread.version) ? [versioned({ ...unread, stop: "not-connected" })] : [],
  };
};
