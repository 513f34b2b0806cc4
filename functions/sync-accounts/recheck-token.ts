import { isAppError } from "#shared/errors";
import type { GradientConnection } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import {
  disconnectedThereSince,
  findIntegration,
  type Integration,
  integrationWrite,
  isDisconnectedThere,
  maySend,
  withoutProblem,
} from "#shared/integrations/integration";
import { letGo, returnCheckAt, tokenTaken } from "#shared/integrations/record/looks";
import { resumeIntegration } from "#shared/integrations/resume-integration";
import { hourMs } from "#shared/schedules/zoned-time";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict } from "#shared/table/table";
import { customersThere, isBackThere } from "./back-there.ts";
import { type Begun, isReplaced, LookLost, sendAsked } from "./begin-look.ts";
import { manySuspected } from "./many-suspected.ts";
import { isInactiveNow, suspectDisconnection } from "./suspect-disconnection.ts";

interface Dependencies extends Changing {
  gradientFor: (partnerId: string) => Pick<GradientSetup, "readConnection" | "readAccounts">;
}

export type RecheckOutcome =
  | "token-taken"
  | "resumed"
  | "still-refused"
  | "token-replaced"
  | "other-connection"
  | Awaited<ReturnType<ReturnType<typeof suspectDisconnection>>>;

// then it may be what Gradient answers whoever has left
const maxHourlyFailures = 4;

const answersOfAbsence = ["gradient.forbidden", "gradient.refused", "gradient.unavailable"];

/**
 * Nobody knows what Gradient answers whoever has disconnected there; whatever it is, it is no trouble, and asked for
 * no sooner because of it.
 */
const isNothingNew = (integration: Integration, error: unknown): boolean => {
  if (integration.state !== "suspended") return false;
  if (isAppError(error, "gradient.token-rejected")) return true;
  return isDisconnectedThere(integration) && answersOfAbsence.some((code) => isAppError(error, code));
};

/**
 * Tries the token once a day, should nothing else have: a refusal is noticed before the next date, and a token that
 * Gradient takes again puts its partner back to work. One that seems to have disconnected there is looked for: its
 * token was never the trouble. Throws Gradient's refusal of a token that was good.
 */
export const recheckToken = (dependencies: Dependencies) => {
  const { table, gradientFor, now, newId } = dependencies;
  const resume = resumeIntegration(dependencies);
  const suspect = suspectDisconnection(dependencies);
  const findBack = isBackThere(dependencies);
  const noteSuspected = manySuspected({ table });

  const note = (
    begun: Begun,
    connection: GradientConnection | null,
    { isUnavailable = false, mayHaveLeft = false } = {},
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
      const isSuspected = mayHaveLeft && maySend(before);
      const reached = connection ? withoutProblem(before, "connection.differs") : before;
      const goneSince = disconnectedThereSince(before);
      if (isSuspected && before.looks.suspectedSince === null) await noteSuspected(before.partnerId, at, true);
      // nobody knows for how long: an outage ends within hours
      const failures = isUnavailable ? before.looks.failures + 1 : 0;
      const returnAt =
        isUnavailable && failures <= maxHourlyFailures
          ? new Date(Date.parse(at) + hourMs).toISOString()
          : goneSince && returnCheckAt(goneSince, at);
      const tried: Integration = {
        ...reached,
        // Gradient did not take it: what was known of it stays
        token: before.token && (goneSince && !connection ? before.token : { ...before.token, checkedAt: at }),
        gradient: connection && !isEnded ? connection : before.gradient,
        // whether the partner has left Gradient is decided, and told, by looks alone: the next one comes at once
        mapping: isSuspected ? { ...before.mapping, nextCheckAt: at } : before.mapping,
        looks: {
          ...tokenTaken(letGo(before.looks), at),
          ...(goneSince === undefined ? {} : { tokenCheckAt: returnAt ?? null }),
          failures,
          suspectedSince: before.looks.suspectedSince ?? (isSuspected ? at : null),
        },
      };
      // a look that was asked for meanwhile had waited for this end
      const { integration: after, owed } = sendAsked(tried, "watch", { at, newId });
      await table.transact([integrationWrite(after), ...owed]);
      return connection ? "token-taken" : "still-refused";
    });

  const ask = async (begun: Begun, token: PartnerToken) => {
    const { integration } = begun;
    const { partnerId, gradient } = integration;
    try {
      const connection = await gradientFor(partnerId).readConnection(token);
      const isOurs = connection.integrationId === gradient?.integrationId;
      const isBack = isOurs && isDisconnectedThere(integration) && (await findBack(begun, token, connection));
      return { connection, isOurs, isBack };
    } catch (error) {
      if (isNothingNew(integration, error)) return { isUnavailable: isAppError(error, "gradient.unavailable") };
      throw error;
    }
  };

  return async (begun: Begun, token: PartnerToken): Promise<RecheckOutcome> => {
    const { integration } = begun;
    const { partnerId, state, gradient, token: registered } = integration;
    const answer = await ask(begun, token);
    if ("isUnavailable" in answer) return note(begun, null, answer);
    const { connection, isOurs, isBack } = answer;
    if (!isOurs) return "other-connection";
    const isEnded = !isDisconnectedThere(integration) && isInactiveNow(gradient, connection);
    const mayHaveLeft = isEnded && (await customersThere(table, integration)).length > 0;
    if (state === "suspended") {
      // the key is good, but nobody wants what would be sent with it: no look comes to find that out
      if (mayHaveLeft) return suspect(begun);
      const outcome = await resume({ partnerId, versionId: registered?.versionId ?? "", connection, isBack });
      if (outcome === "resumed") return outcome;
    }
    return note(begun, connection, { mayHaveLeft });
  };
};
