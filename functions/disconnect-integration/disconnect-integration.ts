import { type Actor, eventWrite } from "#shared/events/event";
import { type Closing, closingAbandoned } from "#shared/exports/ending/close-export";
import { owedClose } from "#shared/exports/ending/final-counts";
import { givenUp, runUnderWay, type UnderWay } from "#shared/exports/ending/unread-run";
import { exportWrite, isHeld, isOver } from "#shared/exports/usage-export";
import { findIntegration, type Integration, integrationWrite, problemsOfMails } from "#shared/integrations/integration";
import { closingUntil, type Closing as Leaving, nextTryAt } from "#shared/integrations/record/closing";
import { withLeft } from "#shared/integrations/record/left-connections";
import { organizationClaimKey, releaseClaim, tokenClaimKey } from "#shared/integrations/token-claim";
import { wrongStep } from "#shared/integrations/wrong-step";
import { personFacts } from "#shared/mail/mail-facts";
import { oweMail } from "#shared/mail/owe-mail";
import { retryOnConflict, type Table, written } from "#shared/table/table";
import { heldRows, holdsUnits } from "#shared/usage/ledger";

export interface Disconnect {
  partnerId: string;
  by: Actor;
  /** What becomes of the counts in Gradient: they stay, or are set to zero first. */
  finalCounts?: "keep" | "zero";
}

/**
 * What the zeros need; null where Gradient holds no units, or there is no token that they can be sent with. `left`: how
 * many lines keep their units because Gradient refuses the token. The run under way is read once the ledger is counted:
 * a worker writes its row each second, and one that was read before a large ledger is an old one by then.
 */
const closingOf = async (
  table: Pick<Table, "query">,
  { partnerId, ledgerBits: bits, token, gradient }: Integration,
  { by, at, readRun }: { by: Actor; at: string; readRun: () => Promise<UnderWay> },
): Promise<{ closing: Leaving | null; left?: number; underWay: UnderWay }> => {
  if (!token || !gradient) return { closing: null, underWay: await readRun() };
  let held = 0;
  for await (const lines of heldRows(table, { partnerId, bits, connectionId: gradient.integrationId }))
    held += lines.filter(holdsUnits).length;
  const underWay = await readRun();
  const { running, unread } = underWay;
  // what a run under way has sent is not in the ledger yet
  const isSending = unread !== undefined || (running !== undefined && !isOver(running));
  const remaining = isSending ? Math.max(held, 1) : held;
  if (remaining === 0) return { closing: null, underWay };
  if (token.status === "rejected") return { closing: null, left: remaining, underWay };
  const retryAt = nextTryAt(0, at);
  const until = closingUntil(at);
  const asked = { finalCounts: "zero", remaining, until, retryAt, tries: 0, refused: 0 } as const;
  return { closing: { ...asked, token, gradient, by }, underWay };
};

/**
 * Ends the integration at once on our side: nothing is sent from here on. Telling Gradient and deleting the token
 * follow by themselves, through a queue that tries again; zeros go before that where a person wants them. History
 * stays.
 */
export const disconnectIntegration =
  ({ table, now, newId, random }: Closing) =>
  ({ partnerId, by, finalCounts = "keep" }: Disconnect): Promise<Integration> => {
    const closeAbandoned = closingAbandoned({ table, now, newId, random });
    /** A worker reads it at its next checkpoint and sends nothing more, not even the call for the views. */
    const stopRun = async ({ running, unread }: UnderWay, updated: Integration) => {
      if (unread) {
        const { after: record, writes } = givenUp(updated, unread, now().toISOString());
        return { record, stopWrites: writes };
      }
      if (!running || isOver(running)) return { record: updated, stopWrites: [] };
      const stopped = { ...running, stop: "not-connected" as const };
      if (isHeld(running, now())) return { record: updated, stopWrites: [exportWrite(stopped)] };
      const { after, writes } = await closeAbandoned(stopped, updated, "not-connected");
      return { record: after, stopWrites: writes };
    };
    return retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before) throw wrongStep("not-started");
      if (before.state === "disconnected") return before;
      const at = now().toISOString();
      const readRun = () => runUnderWay(table, before, now());
      const { token, gradient } = before;
      const { closing, left, underWay } =
        finalCounts === "zero"
          ? await closingOf(table, before, { by, at, readRun })
          : { closing: null, underWay: await readRun() };
      // also where a key was about to be registered, and whoever was at it has died
      const secretName = token?.secretName ?? before.secretName;
      const its = secretName === null ? null : { token: token ?? { secretName, versionId: "" }, gradient };
      const updated: Integration = {
        ...before,
        state: "disconnected",
        closing,
        leftConnections:
          its && closing === null ? withLeft(before.leftConnections, its, { at, newId }) : before.leftConnections,
        secretName: null,
        token: null,
        gradient: null,
        agreement: null,
        nextRunAt: null,
        problems: [
          ...problemsOfMails(before),
          ...(left === undefined ? [] : [{ code: "counts.left" as const, since: at }]),
        ],
      };
      const { record, stopWrites } = await stopRun(underWay, updated);
      await table.transact([
        integrationWrite(record),
        ...stopWrites,
        ...(its ? [owedClose(partnerId, its, { at, newId })] : []),
        // while zeros are on their way, nobody else may send counts to the same place
        ...(token && closing === null ? [releaseClaim(tokenClaimKey(token.fingerprint))] : []),
        ...(gradient && closing === null ? [releaseClaim(organizationClaimKey(gradient.organizationId))] : []),
        eventWrite({
          id: newId(),
          partnerId,
          type: "integration.disconnected",
          at,
          details: { finalCounts, lastFour: token?.lastFour ?? null },
          ...by,
        }),
        // who never had a key has nothing to be told of
        ...(token
          ? oweMail(
              {
                partnerId,
                mailId: `disconnected-${newId()}`,
                facts: {
                  kind: "disconnected",
                  disconnectedAt: at,
                  by: personFacts(by),
                  ...(closing === null ? {} : { zeroUntil: closing.until }),
                  ...(left === undefined ? {} : { left }),
                },
              },
              { at, newId },
            )
          : []),
      ]);
      return written(record);
    });
  };
