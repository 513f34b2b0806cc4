import { type Actor, eventWrite } from "#shared/events/event";
import { type Closing, closingAbandoned } from "#shared/exports/close-export";
import { exportWrite, findExport, isHeld, isOver, type UsageExport } from "#shared/exports/usage-export";
import { findIntegration, type Integration, integrationWrite } from "#shared/integrations/integration";
import { organizationClaimKey, releaseClaim, tokenClaimKey } from "#shared/integrations/token-claim";
import { wrongStep } from "#shared/integrations/wrong-step";
import { oweMail } from "#shared/mail/owe-mail";
import { owe } from "#shared/outbox/outbox";
import { retryOnConflict, written } from "#shared/table/table";

/**
 * Ends the integration at once on our side: nothing is sent from here on. Telling Gradient and deleting the token
 * follow by themselves, through a queue that tries again. History stays.
 */
export const disconnectIntegration =
  ({ table, now, newId, random }: Closing) =>
  ({ partnerId, by }: { partnerId: string; by: Actor }): Promise<Integration> => {
    const closeAbandoned = closingAbandoned({ table, now, newId, random });
    /** A worker reads it at its next checkpoint and sends nothing more, not even the call for the views. */
    const stopRun = async (running: UsageExport | undefined, updated: Integration) => {
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
      const running = before.currentExportId ? await findExport(table, partnerId, before.currentExportId) : undefined;
      const { token, gradient } = before;
      const updated: Integration = {
        ...before,
        state: "disconnected",
        token: null,
        gradient: null,
        agreement: null,
        nextRunAt: null,
        problems: [],
      };
      const { record, stopWrites } = await stopRun(running, updated);
      await table.transact([
        integrationWrite(record),
        ...stopWrites,
        ...(token
          ? [
              releaseClaim(tokenClaimKey(token.fingerprint)),
              owe(
                { kind: "close-connection", partnerId, secretName: token.secretName, versionId: token.versionId },
                { id: newId(), at },
              ),
            ]
          : []),
        ...(gradient ? [releaseClaim(organizationClaimKey(gradient.organizationId))] : []),
        eventWrite({
          id: newId(),
          partnerId,
          type: "integration.disconnected",
          at,
          details: { finalCounts: "keep", lastFour: token?.lastFour ?? null },
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
                  by: { name: by.actorName ?? by.actor, address: by.address ?? "" },
                },
              },
              { at, newId },
            )
          : []),
      ]);
      return written(record);
    });
  };
