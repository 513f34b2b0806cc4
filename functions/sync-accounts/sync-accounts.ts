import type { Refusals } from "#shared/breakers/refusals";
import type { Obstacle } from "#shared/breakers/state/obstacle";
import { AppError, isAppError, UnreadableRecord } from "#shared/errors";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import {
  findIntegration,
  type Integration,
  integrationWrite,
  isDisconnectedThere,
  type ProblemCode,
  withProblem,
} from "#shared/integrations/integration";
import { putOff } from "#shared/integrations/put-off";
import { aDayAfter, letGo, retryLookAt, soonAfter } from "#shared/integrations/record/looks";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { logFailure } from "#shared/log-failure";
import { logger } from "#shared/logger";
import type { Clock } from "#shared/pace/clock";
import { readToken } from "#shared/secrets/read-token";
import type { TokenVault } from "#shared/secrets/token-vault";
import { retryOnConflict, type Table } from "#shared/table/table";
import { isOfChanges } from "./apply-changes.ts";
import { type Begun, beginLook, isReplaced, LookLost, sendAsked } from "./begin-look.ts";
import { changesFailed, readsFailed } from "./failing-looks.ts";
import { type LookOutcome, lookAtAccounts } from "./look.ts";
import { type RecheckOutcome, recheckToken } from "./recheck-token.ts";

export interface Dependencies {
  table: Table;
  /** Gradient with a slot for each call of this partner. */
  gradientFor: (partnerId: string) => Omit<GradientSetup, "setStatus" | "readServices" | "createService">;
  vault: Pick<TokenVault, "read" | "forget">;
  refusals: Refusals;
  clock: Clock;
  newId: () => string;
}

export type SyncOutcome =
  | LookOutcome
  | Exclude<Awaited<ReturnType<ReturnType<typeof beginLook>>>, Begun>
  | RecheckOutcome
  | "held"
  | "unavailable"
  | "unreadable"
  | "false-alarm"
  | "forbidden"
  | "suspended"
  | "taken-over";

const isRefusal = (error: unknown): boolean =>
  isAppError(error, "gradient.refused") || isAppError(error, "gradient.conflict");
const same = (before: Integration): Integration => before;
const telling =
  (problem: ProblemCode) =>
  (before: Integration, at: string): Integration =>
    withProblem(before, problem, at);
/** A message that came again at once would meet the same. */
const isPassing = (error: unknown): error is AppError =>
  error instanceof AppError && (error.kind === "unavailable" || isRefusal(error));

/**
 * Looks at Gradient for one partner, or tries its token, whichever is due. Where that comes to nothing, the record says
 * when it is tried again; no message has to come twice for it.
 */
export const syncAccounts = ({ table, gradientFor, vault, refusals, clock, newId }: Dependencies) => {
  const now = () => new Date(clock.now());
  const begin = beginLook({ table, now, newId });
  const suspend = suspendIntegration({ table, now, newId });

  /** Lets the partner go without an end, to be tried again. `change`: of a record that is not replaced by now. */
  const letBe = (begun: Begun, retryAt?: string, change: (before: Integration, at: string) => Integration = same) =>
    retryOnConflict(async () => {
      const { integration, holder, work } = begun;
      const before = await findIntegration(table, integration.partnerId);
      if (before?.looks.holder !== holder) return undefined;
      const at = now().toISOString();
      const told = isReplaced(before, begun) ? before : change(before, at);
      const free = putOff({ ...told, looks: letGo(told.looks) }, work, retryAt ?? retryLookAt(before.looks, at));
      const { integration: after, owed } = isReplaced(before, begun)
        ? sendAsked(free, "replaced", { at, newId })
        : { integration: free, owed: [] };
      await table.transact([integrationWrite(after), ...owed]);
      return after;
    });

  const wait = async (begun: Begun, { scope, why, retryAt }: Obstacle): Promise<SyncOutcome> => {
    logger.info("a look waits", { why });
    const at = now().toISOString();
    // as long as it is everybody's, `watch-mappings` owes no look; then this one is due at once
    await letBe(begun, scope === "vendor" ? soonAfter(at) : retryAt > at ? retryAt : undefined);
    return "held";
  };

  /** Gradient refused a call: whom that concerns is not for us to say. */
  const clearUp = async (begun: Begun, error: AppError): Promise<SyncOutcome> => {
    const { partnerId, token, gradient } = begun.integration;
    const { secretName = "", versionId: tokenVersionId = "" } = token ?? {};
    // earlier than the call itself: what was decided since the look began is not questioned by it
    const sentAt = Date.parse(begun.at);
    const call = { partnerId, secretName, tokenVersionId, connectionId: gradient?.integrationId ?? "", sentAt };
    if (error.code === "gradient.forbidden") {
      await refusals.forbid(call);
      await letBe(begun);
      return "forbidden";
    }
    vault.forget(secretName);
    const verdict = await refusals.confirm(call, async () => undefined);
    const after = await letBe(begun);
    if (after?.state === "suspended") return "suspended";
    if (after && isReplaced(after, begun)) return "token-replaced";
    return verdict === "taken" ? "false-alarm" : "held";
  };

  /** The secret was deleted by hand, or its version purged: no repeat brings it back, a person can. */
  const withoutToken = async (begun: Begun): Promise<SyncOutcome> => {
    const { partnerId, token } = begun.integration;
    // of one that has left, day after day
    if (!isDisconnectedThere(begun.integration))
      logger.error("a registered token is missing from the secret store", { partnerId });
    await suspend({ partnerId, versionId: token?.versionId ?? "", isMissing: true });
    await letBe(begun, aDayAfter(now().toISOString()));
    return "suspended";
  };

  /** Without that row nobody can tell what is right for the partner, so it is left as it is. */
  const withoutRecord = async (begun: Begun, error: UnreadableRecord): Promise<SyncOutcome> => {
    logFailure("a stored record cannot be read, a look comes to nothing without it", error);
    await letBe(begun, undefined, telling("record.unreadable"));
    return "unreadable";
  };

  /** Gradient failed: on what a look sent or read, or for everybody, which the breaker that is open tells. */
  const withoutGradient = async (begun: Begun, error: AppError): Promise<void> => {
    const { partnerId, token } = begun.integration;
    if (isOfChanges(error)) return void (await letBe(begun, undefined, changesFailed(begun)));
    const isTheirs = begun.work === "look" && (await refusals.obstacleFor(partnerId, token?.versionId)) === null;
    await letBe(begun, undefined, isTheirs ? readsFailed(begun) : same);
  };

  const recheck = recheckToken({ table, now, newId, gradientFor });
  const look = lookAtAccounts({ table, now, newId, gradientFor });
  const work = async (begun: Begun, token: PartnerToken) => {
    const outcome = await (begun.work === "token" ? recheck(begun, token) : look(begun, token));
    if (outcome === "token-replaced") await letBe(begun);
    return outcome;
  };

  const handle = async (begun: Begun): Promise<SyncOutcome> => {
    const { partnerId, token } = begun.integration;
    const obstacle = await refusals.obstacleFor(partnerId, token?.versionId);
    if (obstacle) return wait(begun, obstacle);
    const at = clock.now();
    try {
      const { secretName = "", versionId = "", checkedAt = "" } = token ?? {};
      const value = await readToken({ vault, clock }, { secretName, versionId, checkedAt });
      const outcome = await work(begun, value);
      if (outcome !== "still-refused") await refusals.note({ partnerId, outcome: "taken", at });
      if (outcome !== "other-connection") return outcome;
      const after = await letBe(begun, aDayAfter(now().toISOString()), telling("connection.differs"));
      if (after && isReplaced(after, begun)) return "token-replaced";
      // whoever has disconnected there, and begun anew
      if (!isDisconnectedThere(begun.integration)) logger.error("gradient tells another connection for a token", {});
      return outcome;
    } catch (error) {
      if (isAppError(error, "gradient.token-rejected") || isAppError(error, "gradient.forbidden")) {
        return clearUp(begun, error);
      }
      if (isAppError(error, "token.missing")) return withoutToken(begun);
      if (error instanceof UnreadableRecord) return withoutRecord(begun, error);
      if (!isPassing(error)) throw error;
      if (isRefusal(error)) logger.error("gradient refuses what a look asks for", { detail: error.message });
      else logFailure("a look could not be made, it is tried again", error);
      if (isAppError(error, "gradient.unavailable")) {
        await refusals.note({ partnerId, outcome: "failed", at });
        await withoutGradient(begun, error);
      } else await letBe(begun);
      return "unavailable";
    }
  };

  return async ({ partnerId }: { partnerId: string }): Promise<SyncOutcome> => {
    const begun = await begin(partnerId);
    if (typeof begun === "string") return begun;
    try {
      return await handle(begun);
    } catch (error) {
      if (error instanceof LookLost) return "taken-over";
      throw error;
    }
  };
};
