import { type Actor, eventWrite } from "#shared/events/event";
import { runningExport } from "#shared/exports/start-usage-export";
import { exportWrite } from "#shared/exports/usage-export";
import { findIntegration, type Integration, integrationWrite } from "#shared/integrations/integration";
import { organizationClaimKey, releaseClaim, tokenClaimKey } from "#shared/integrations/token-claim";
import { wrongStep } from "#shared/integrations/wrong-step";
import { owe } from "#shared/outbox/outbox";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, written } from "#shared/table/table";

/**
 * Ends the integration at once on our side: nothing is sent from here on. Telling Gradient and deleting the token
 * follow by themselves, through a queue that tries again. History stays.
 */
export const disconnectIntegration =
  ({ table, now, newId }: Changing) =>
  ({ partnerId, by }: { partnerId: string; by: Actor }): Promise<Integration> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before) throw wrongStep("not-started");
      if (before.state === "disconnected") return before;
      const at = now().toISOString();
      const running = await runningExport(table, partnerId);
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
      await table.transact([
        integrationWrite(updated),
        // the worker reads this at its next checkpoint and sends nothing more, not even the call for the views that a
        // cancelled run makes
        ...(running ? [exportWrite({ ...running, stop: "not-connected" })] : []),
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
        eventWrite({ id: newId(), partnerId, type: "integration.disconnected", at, details: {}, ...by }),
      ]);
      return written(updated);
    });
