import { isAppError } from "#shared/errors";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import {
  findIntegration,
  type Integration,
  integrationWrite,
  maySend,
  withoutProblem,
} from "#shared/integrations/integration";
import { letGo, tokenTaken } from "#shared/integrations/record/looks";
import { resumeIntegration } from "#shared/integrations/resume-integration";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict } from "#shared/table/table";
import { type Begun, isReplaced, LookLost, sendAsked } from "./begin-look.ts";
import { isInactiveNow, suspectDisconnection } from "./suspect-disconnection.ts";

interface Dependencies extends Changing {
  gradientFor: (partnerId: string) => Pick<GradientSetup, "readConnection">;
}

export type RecheckOutcome =
  | "token-taken"
  | "resumed"
  | "still-refused"
  | "token-replaced"
  | "other-connection"
  | Awaited<ReturnType<ReturnType<typeof suspectDisconnection>>>;

/**
 * Tries the token once a day, should nothing else have: a refusal is noticed before the next date, and a token that
 * Gradient takes again puts its partner back to work. Throws Gradient's refusal of a token that was good.
 */
export const recheckToken = (dependencies: Dependencies) => {
  const { table, gradientFor, now, newId } = dependencies;
  const resume = resumeIntegration(dependencies);
  const suspect = suspectDisconnection(dependencies);

  const note = (
    begun: Begun,
    connection: Awaited<ReturnType<typeof ask>>,
  ): Promise<"token-taken" | "still-refused" | "token-replaced"> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, begun.integration.partnerId);
      if (before?.looks.holder !== begun.holder) throw new LookLost();
      const at = now().toISOString();
      if (isReplaced(before, begun)) {
        const free = { ...before, looks: letGo(before.looks) };
        const { integration: after, owed } = sendAsked(free, "replaced", { at, newId });
        await table.transact([integrationWrite(after), ...owed]);
        return connection ? "token-replaced" : "still-refused";
      }
      const isEnded = isInactiveNow(before.gradient, connection);
      const isSuspected = isEnded && maySend(before);
      const reached = connection ? withoutProblem(before, "connection.differs") : before;
      const tried: Integration = {
        ...reached,
        token: before.token && { ...before.token, checkedAt: at },
        gradient: connection && !isEnded ? connection : before.gradient,
        // whether the partner has left Gradient is decided, and told, by looks alone: the next one comes at once
        mapping: isSuspected ? { ...before.mapping, nextCheckAt: at } : before.mapping,
        looks: {
          ...tokenTaken(letGo(before.looks), at),
          failures: 0,
          suspectedSince: before.looks.suspectedSince ?? (isSuspected ? at : null),
        },
      };
      // a look that was asked for meanwhile had waited for this end
      const { integration: after, owed } = sendAsked(tried, "watch", { at, newId });
      await table.transact([integrationWrite(after), ...owed]);
      return connection ? "token-taken" : "still-refused";
    });

  const ask = async (partnerId: string, token: PartnerToken, isSuspended: boolean) => {
    try {
      return await gradientFor(partnerId).readConnection(token);
    } catch (error) {
      // nothing new
      if (isSuspended && isAppError(error, "gradient.token-rejected")) return null;
      throw error;
    }
  };

  return async (begun: Begun, token: PartnerToken): Promise<RecheckOutcome> => {
    const { partnerId, state, gradient, token: registered } = begun.integration;
    const connection = await ask(partnerId, token, state === "suspended");
    if (connection && connection.integrationId !== gradient?.integrationId) return "other-connection";
    if (connection && state === "suspended") {
      // the key is good, but nobody wants what would be sent with it: no look comes to find that out
      if (isInactiveNow(gradient, connection)) return suspect(begun);
      const outcome = await resume({ partnerId, versionId: registered?.versionId ?? "", connection });
      if (outcome === "resumed") return outcome;
    }
    return note(begun, connection);
  };
};
