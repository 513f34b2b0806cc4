import { eventWrite, gradientActor, serviceActor } from "../events/event.ts";
import { oweMail } from "../mail/owe-mail.ts";
import type { Changing } from "../table/changing.ts";
import { retryOnConflict, type Write } from "../table/table.ts";
import { findIntegration, integrationWrite, withProblem } from "./integration.ts";
import { aDayAfter } from "./record/looks.ts";

export interface Rejection {
  partnerId: string;
  /** The version of the token that Gradient refused. */
  versionId: string;
  /** The token is in the secret store no more; unless given, Gradient refused it. */
  isMissing?: boolean;
}

export type SuspensionOutcome = "suspended" | "token-replaced" | "not-connected";

/**
 * Stops everything for a partner whose token Gradient refuses, or that is not stored any more, and owes the owner an
 * e-mail about it, once. A refusal of a token that has been replaced in the meantime changes nothing. What is to be
 * written with it is written with it, or not at all.
 */
export const suspendIntegration =
  ({ table, now, newId }: Changing) =>
  ({ partnerId, versionId, isMissing = false }: Rejection, together: Write[] = []): Promise<SuspensionOutcome> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before?.token || before.state === "disconnected") return "not-connected";
      if (before.token.versionId !== versionId) return "token-replaced";
      if (before.state === "suspended") return "suspended";
      const at = now().toISOString();
      const mailId = `token-rejected-${newId()}`;
      const suspended = withProblem(
        {
          ...before,
          state: "suspended" as const,
          token: { ...before.token, status: "rejected" as const, checkedAt: at },
          // what comes back comes back by itself
          looks: { ...before.looks, suspectedSince: null, tokenCheckAt: aDayAfter(at) },
        },
        isMissing ? "token.missing" : "token.rejected",
        at,
      );
      await table.transact([
        integrationWrite(suspended),
        ...oweMail({ partnerId, mailId, facts: { kind: "token-rejected", rejectedAt: at, isMissing } }, { at, newId }),
        eventWrite({
          id: newId(),
          partnerId,
          type: "integration.suspended",
          at,
          ...(isMissing ? serviceActor : gradientActor),
          details: { lastFour: before.token.lastFour },
        }),
        ...together,
      ]);
      return "suspended";
    });
