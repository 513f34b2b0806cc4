import type { Closing } from "../../integrations/record/closing.ts";
import type { Left } from "../../integrations/record/left-connections.ts";
import { logFailure } from "../../log-failure.ts";
import { owe } from "../../outbox/outbox.ts";
import type { RowWrite, Table } from "../../table/table.ts";
import { hasUnits } from "../../usage/doubt.ts";
import { ledgerRows } from "../../usage/ledger.ts";
import { exportWrite, isOver, type UsageExport } from "../usage-export.ts";

interface Moment {
  at: string;
  newId: () => string;
}

/**
 * Owes the message that goes on with a disconnect: another run of zeros, or its end, of which Gradient is told. Also
 * for a connection that another one has replaced.
 */
export const owedClose = (partnerId: string, { token, gradient }: Left, { at, newId }: Moment): RowWrite => {
  const { secretName, versionId } = token;
  const integrationId = gradient?.integrationId ?? null;
  const connection = integrationId === null ? {} : { integrationId };
  return owe({ kind: "close-connection", partnerId, secretName, versionId, ...connection }, { id: newId(), at });
};

// one after the other, over some hours: a single 401 may be about our own key, and nobody can be asked about that of
// one who has left
const triesOfRefusedKey = 4;

/** Ends a run of zeros that is under way: its worker reads it at the next checkpoint, and sends nothing more. */
export const stopFinal = (running: UsageExport | undefined): RowWrite[] =>
  running && running.kind === "final" && running.stop === null && !isOver(running)
    ? [exportWrite({ ...running, stop: "not-connected" })]
    : [];

/**
 * Of the lines that a run of zeros was answered as unmapped: those that Gradient has taken units for, or may have. The
 * partner may have taken back the mapping, and what was counted stays. All of them where the ledger cannot be read.
 */
export const unmappedWithUnits = async (
  table: Pick<Table, "query">,
  { kind, partnerId, connectionId, totals }: UsageExport,
  bits: number,
): Promise<number> => {
  if (kind !== "final" || connectionId === null || totals.unmapped === 0) return 0;
  try {
    let held = 0;
    for await (const { entries } of ledgerRows(table, { partnerId, bits, connectionId })) {
      for (const { last, accepted, doubt } of entries.values())
        if (last.outcome === "unmapped" && (hasUnits(accepted) || hasUnits(doubt))) held += 1;
    }
    return Math.min(held, totals.unmapped);
  } catch (error) {
    logFailure("the ledger of a partner that has left cannot be read", error);
    return totals.unmapped;
  }
};

/**
 * What a run of zeros has left of a disconnect. Its end comes at once where nothing is left. `stillHeld`: its unmapped
 * lines with units. `areLeft`: the key is refused, so that a person has to see to them.
 */
export const afterFinal = (
  closing: Closing | null,
  { kind, chunks, totals, partnerId, connectionId, stop }: UsageExport,
  stillHeld: number,
  moment: Moment,
): { closing: Closing | null; goingOn: RowWrite[]; areLeft: boolean } => {
  const isOurs = kind === "final" && chunks !== null && connectionId === closing?.gradient.integrationId;
  if (closing === null || !isOurs) return { closing, goingOn: [], areLeft: false };
  // Gradient holds nothing of a line that it answers as unmapped, unless it has taken units for it before
  const remaining = totals.lines - totals.accepted - totals.unchanged - totals.unmapped + stillHeld;
  const refused = stop === "token-rejected" ? closing.refused + 1 : 0;
  // of no use from then on: the key is deleted, and the owner told, as after the last of the days
  const isRefused = refused >= triesOfRefusedKey;
  return {
    closing: { ...closing, remaining, refused, ...(isRefused ? { until: moment.at } : {}) },
    goingOn: remaining === 0 || isRefused ? [owedClose(partnerId, closing, moment)] : [],
    areLeft: stop === "token-rejected" && remaining > 0,
  };
};
