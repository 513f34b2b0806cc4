import { afterRun } from "#shared/exports/ending/end-export";
import { resultMails } from "#shared/exports/ending/result-mails";
import { addOutcomes, noTotals } from "#shared/exports/line";
import { type ExportKind, exportIdAt, nothingLeft, type StopReason } from "#shared/exports/usage-export";
import { integrationWrite } from "#shared/integrations/integration";
import { mailFacts } from "#shared/mail/mail-facts";
import { oweMail } from "#shared/mail/owe-mail";
import type { ServiceWorld } from "#test/fakes/service-world";
import { aChunkRow, anExport, anExportRow, aReceipt } from "./usage-export.ts";

/** What became of a customer's line. */
export type Lines = Record<string, "accepted" | "unchanged" | "rejected" | "deferred">;
/** Without lines where it ended before they were fixed; with a reason where it ended before its last one. */
export type Run = [ExportKind, Lines | null, StopReason?];

/** A run is over, and its mail is owed. */
export const owed = async (
  world: ServiceWorld,
  mailId: string,
  [kind, lines, early]: Run,
  connectionId = "connection-1",
) => {
  const { table, partnerId, common, clock } = world;
  const at = clock.date().toISOString();
  // of two at the same moment the later one has the larger id, too
  const id = exportIdAt(clock.date(), String(table.rows.size).padStart(6, "0"));
  const receipts = Object.entries(lines ?? {}).map(([customerId, outcome]) =>
    aReceipt({ customerId, customerName: `Customer ${customerId}`, outcome }),
  );
  const isGood = lines !== null && receipts.every(({ outcome: its }) => its === "accepted" || its === "unchanged");
  const chunks = lines && 1;
  const outcome = isGood ? "succeeded" : lines ? "partial" : "failed";
  const stop = early ?? (lines ? null : "stalled");
  const totals = addOutcomes({ ...noTotals, lines: receipts.length }, receipts);
  const fate = { state: "finished", outcome, finishedAt: at } as const;
  const before = await world.integration();
  const { seq } = before.wants;
  const leftOver = { ...nothingLeft, lines: totals.deferred };
  const size = { chunks, allChunks: chunks, totals, leftOver };
  const over = anExport({ partnerId, id, kind, stop, ...size, seq, connectionId, ...fate });
  const gradient = before.gradient && { ...before.gradient, integrationId: connectionId };
  const how = { now: clock.date(), random: 0.5, stillAwaited: [] };
  const { lastExport, wants } = afterRun({ ...before, gradient }, over, how);
  await table.put(anExportRow(over));
  await table.put(aChunkRow({ partnerId, exportId: id, number: 0, content: { state: "done", receipts } }));
  const moment = { at, newId: common.newId };
  const [owedMail] = resultMails(over, before, moment);
  const facts = owedMail && mailFacts.parse(owedMail.put.facts);
  await table.transact([
    ...(facts ? oweMail({ partnerId, mailId, facts }, moment) : []),
    integrationWrite({ ...before, lastExport, wants }),
  ]);
};
