import { unobstructed } from "#shared/breakers/obstructed";
import type { Obstacle } from "#shared/breakers/state/obstacle";
import { isAppError } from "#shared/errors";
import { runUnderWay } from "#shared/exports/ending/unread-run";
import type { GradientApi } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { findIntegration, type Integration, integrationWrite } from "#shared/integrations/integration";
import { asConnected } from "#shared/integrations/record/closing";
import { leftConnectionOf } from "#shared/integrations/record/left-connections";
import { claimant, organizationClaimKey } from "#shared/integrations/token-claim";
import { logFailure } from "#shared/log-failure";
import type { Clock } from "#shared/pace/clock";
import type { TokenVault } from "#shared/secrets/token-vault";
import { retryOnConflict, type Table } from "#shared/table/table";
import { forgetKey } from "./forget-key.ts";
import { closingFor, type Leaving, sendZeros } from "./send-zeros.ts";

interface Dependencies {
  table: Pick<Table, "get" | "transact">;
  gradientFor: (partnerId: string) => Pick<GradientApi, "readConnection" | "setStatus">;
  vault: Pick<TokenVault, "read" | "remove" | "forget">;
  clock: Clock;
  newId: () => string;
  obstacleFor: (partnerId: string, tokenVersionId?: string) => Promise<Obstacle | null>;
}

export type CloseOutcome = "closed" | "reconnected" | "closed-before" | "zeros-first";

const pollMs = 500;

/**
 * Tells Gradient that the partner has left, then deletes the token: telling needs the token. Where the partner wants
 * zeros in Gradient, those go first; the watch over looks sends the message again for as long as they are on their way.
 */
export const closeConnection = ({ table, gradientFor, vault, clock, newId, obstacleFor }: Dependencies) => {
  const now = () => new Date(clock.now());
  const zeros = sendZeros({ table, now, newId });
  const forget = forgetKey({ table, vault, now, newId });
  /**
   * Waits for the worker of a stopped run: a count that is accepted after the status was set makes the connection
   * active again.
   */
  const runEnded = async (partnerId: string): Promise<void> => {
    for (;;) {
      const record = await findIntegration(table, partnerId);
      const { running } = record ? await runUnderWay(table, record, now()) : {};
      const leaseEnd = running?.stop && running.lease ? Date.parse(running.lease.until) : 0;
      if (leaseEnd <= clock.now()) return;
      await clock.sleep(pollMs);
    }
  };

  const stored = async (secret: { secretName: string; versionId: string }): Promise<PartnerToken | undefined> => {
    // a key was about to be registered, and nobody knows which
    if (secret.versionId === "") return undefined;
    try {
      return await vault.read(secret.secretName, secret.versionId);
    } catch (error) {
      if (!isAppError(error, "token.missing")) throw error;
      return undefined;
    }
  };

  const mayCall = unobstructed(table);
  /** A token that Gradient refuses is as good as disconnected; of one in use the daily trial tells its partner. */
  const unlessRefused = async <T>(
    partnerId: string,
    call: (gradient: ReturnType<Dependencies["gradientFor"]>) => Promise<T>,
  ): Promise<T | undefined> => {
    await mayCall(now());
    try {
      return await call(gradientFor(partnerId));
    } catch (error) {
      if (!isAppError(error, "gradient.token-rejected")) throw error;
      return undefined;
    }
  };
  const deactivate = (partnerId: string, token: PartnerToken) =>
    unlessRefused(partnerId, (gradient) => gradient.setStatus(token, "inactive"));

  /** Whether Gradient has heard it, of which it is told again by the next message, and at last not any more. */
  const hasHeard = async (partnerId: string, token: PartnerToken): Promise<boolean> => {
    try {
      await deactivate(partnerId, token);
      return true;
    } catch (error) {
      logFailure("gradient could not be told that a partner has left", error);
      return false;
    }
  };

  /**
   * The partner has connected again, with the same key or another one of the same connection: Gradient must not hear
   * that it left. It does not before the zeros of that are sent, either, if it has left again.
   */
  const isBackIn = async (
    record: Integration | undefined,
    { left, integrationId }: { left: PartnerToken; integrationId: string | undefined },
  ): Promise<boolean> => {
    if (record === undefined) return false;
    const { gradient, token } = asConnected(record);
    const isSame = integrationId !== undefined && gradient?.integrationId === integrationId;
    return isSame || (token ? (await stored(token)) === left : false);
  };

  /** The record says it no more where an earlier message has come to an end; then Gradient does, by the key. */
  const organizationOf = async (partnerId: string, token: PartnerToken): Promise<string | null> => {
    const connection = await unlessRefused(partnerId, (gradient) => gradient.readConnection(token));
    return connection?.organizationId ?? null;
  };

  /** Another partner has connected to the organization meanwhile: what Gradient hears, it hears of that one. */
  const isTakenOver = async (partnerId: string, organizationId: string | null): Promise<boolean> => {
    if (organizationId === null) return false;
    const holder = await claimant(table, organizationClaimKey(organizationId));
    return holder !== undefined && holder !== partnerId;
  };

  /**
   * The record, written once more: whoever is registering a key has read the connection's status before Gradient heard
   * that the partner left, and reads it again now. Who was faster is in the record.
   */
  const written = (partnerId: string): Promise<Integration | undefined> =>
    retryOnConflict(async () => {
      const record = await findIntegration(table, partnerId);
      if (record) await table.transact([integrationWrite(record)]);
      return record;
    });

  /** Gradient's wizard is locked while the connection is inactive, and nobody would open it again. */
  const reopen = async (partnerId: string, secret: { secretName: string; versionId: string }) => {
    const token = await stored(secret);
    if (token === undefined) return;
    await unlessRefused(partnerId, async (gradient) => {
      const { status } = await gradient.readConnection(token);
      if (status === "inactive") await gradient.setStatus(token, "pending");
    });
  };

  return async (leaving: Leaving): Promise<CloseOutcome> => {
    const { partnerId, secretName, versionId, integrationId } = leaving;
    const entry = leftConnectionOf(await findIntegration(table, partnerId), leaving);
    // another worker may have deleted it
    vault.forget(secretName);
    const left = await stored(leaving);
    const isObstructed = async () => (await obstacleFor(partnerId, versionId)) !== null;
    // without the token no zero can be sent any more
    const zerosAre = left === undefined ? "none" : await zeros.next(leaving, isObstructed);
    if (zerosAre === "waits") return "zeros-first";
    if (left === undefined) {
      await forget(leaving, { entry, organizationId: null, isStored: false });
      return "closed-before";
    }
    await runEnded(partnerId);
    const record = await findIntegration(table, partnerId);
    // who has started again meanwhile is not leaving any more, and its zeros are over
    const isStillSending = zerosAre !== "none" && closingFor(record, leaving) !== null;
    const isLate = entry !== undefined && entry.until <= now().toISOString();
    // while zeros are sent the claim is ours, and what is late ends although Gradient answers nothing
    const asksWhose = !isStillSending && !isLate;
    const organizationId = entry?.organizationId ?? (asksWhose ? await organizationOf(partnerId, left) : null);
    const isBack =
      !isStillSending &&
      ((await isBackIn(record, { left, integrationId })) || (await isTakenOver(partnerId, organizationId)));
    if (isStillSending) {
      if (!(await hasHeard(partnerId, left)) && zerosAre === "sent") return "zeros-first";
    } else if (isLate && !isBack) await hasHeard(partnerId, left);
    else if (!isBack) await deactivate(partnerId, left);
    const after = await written(partnerId);
    const current = after?.token;
    if (current && (await isBackIn(after, { left, integrationId }))) await reopen(partnerId, current);
    else if (!isBack && (await isTakenOver(partnerId, organizationId))) await reopen(partnerId, leaving);
    await forget(leaving, { entry, organizationId, isStored: true });
    return isBack ? "reconnected" : "closed";
  };
};
