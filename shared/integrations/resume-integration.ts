import { eventWrite, gradientActor } from "../events/event.ts";
import type { GradientConnection } from "../gradient/gradient-api.ts";
import { oweMail } from "../mail/owe-mail.ts";
import type { Changing } from "../table/changing.ts";
import { retryOnConflict } from "../table/table.ts";
import { askLook } from "./ask-look.ts";
import { wantingMissed } from "./back-again.ts";
import {
  disconnectedThereSince,
  findIntegration,
  type Integration,
  integrationWrite,
  stateWithToken,
  withoutProblem,
} from "./integration.ts";
import { letGo, tokenTaken } from "./record/looks.ts";

export interface Resumption {
  partnerId: string;
  /** The version of the token that Gradient has taken. */
  versionId: string;
  connection: GradientConnection;
  /** Gradient lists accounts that it had before. Nothing less shows that a partner has not disconnected there. */
  isBack?: boolean;
}

/**
 * Gradient takes a token again that it had refused, or shows a partner again that seemed to have disconnected there:
 * the partner goes on where it was, with everything that waits, and the owner is told so. Nobody has to do anything.
 */
export const resumeIntegration =
  ({ table, now, newId }: Changing) =>
  ({ partnerId, versionId, connection, isBack = false }: Resumption): Promise<"resumed" | "not-suspended"> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (before?.state !== "suspended" || before.token?.versionId !== versionId) return "not-suspended";
      // the same key, pasted again, leads to another connection by now
      if (before.gradient?.integrationId !== connection.integrationId) return "not-suspended";
      const goneSince = disconnectedThereSince(before);
      // its token was never the trouble
      if (goneSince !== undefined && !isBack) return "not-suspended";
      const at = now().toISOString();
      const mailId = `back-to-normal-${newId()}`;
      const refusedSince =
        goneSince ??
        before.problems.find(({ code }) => code === "token.rejected" || code === "token.missing")?.since ??
        at;
      const wasGone = goneSince !== undefined;
      const taken: Integration = withoutProblem(
        {
          ...before,
          gradient: connection,
          token: { ...before.token, status: "valid", checkedAt: at },
          looks: { ...tokenTaken(letGo(before.looks), at), failures: 0, suspectedSince: null },
        },
        "token.rejected",
        "token.missing",
        "connection.differs",
        "gradient.disconnected",
      );
      const back = wantingMissed(before, { ...taken, state: stateWithToken(taken) }, at);
      // accounts may have gone meanwhile, and customers have come
      const { integration: after, owed } =
        back.agreement === null ? { integration: back, owed: [] } : askLook(back, "replaced", { at, newId });
      await table.transact([
        integrationWrite(after),
        ...owed,
        ...oweMail(
          { partnerId, mailId, facts: { kind: "back-to-normal", refusedSince, resumedAt: at, wasGone } },
          { at, newId },
        ),
        eventWrite({
          id: newId(),
          partnerId,
          type: "integration.resumed",
          at,
          ...gradientActor,
          details: { lastFour: before.token.lastFour, ...(wasGone ? { reason: "gradient.connected" } : {}) },
        }),
      ]);
      return "resumed";
    });
