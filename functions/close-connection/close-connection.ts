import { unobstructed } from "#shared/breakers/obstructed";
import type { Obstacle } from "#shared/breakers/state/obstacle";
import { isAppError } from "#shared/errors";
import { findExport } from "#shared/exports/usage-export";
import type { GradientApi } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { findIntegration, type Integration, integrationWrite } from "#shared/integrations/integration";
import { logFailure } from "#shared/log-failure";
import type { Clock } from "#shared/pace/clock";
import type { TokenVault } from "#shared/secrets/token-vault";
import { retryOnConflict, type Table } from "#shared/table/table";
import { closingFor, type Leaving, sendZeros } from "./send-zeros.ts";

interface Dependencies {
  table: Pick<Table, "get" | "transact">;
  gradientFor: (partnerId: string) => Pick<GradientApi, "readConnection" | "setStatus">;
  vault: Pick<TokenVault, "read" | "remove">;
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
  const zeros = sendZeros({ table, now: () => new Date(clock.now()), newId });
  /**
   * Waits for the worker of a stopped run: a count that is accepted after the status was set makes the connection
   * active again.
   */
  const runEnded = async (partnerId: string): Promise<void> => {
    for (;;) {
      const exportId = (await findIntegration(table, partnerId))?.currentExportId;
      const running = exportId ? await findExport(table, partnerId, exportId) : undefined;
      const leaseEnd = running?.stop && running.lease ? Date.parse(running.lease.until) : 0;
      if (leaseEnd <= clock.now()) return;
      await clock.sleep(pollMs);
    }
  };

  const stored = async (secret: { secretName: string; versionId: string }): Promise<PartnerToken | undefined> => {
    try {
      return await vault.read(secret.secretName, secret.versionId);
    } catch (error) {
      if (!isAppError(error, "token.missing")) throw error;
      return undefined;
    }
  };

  const mayCall = unobstructed(table);
  const deactivate = async (partnerId: string, token: PartnerToken) => {
    await mayCall(new Date(clock.now()));
    try {
      await gradientFor(partnerId).setStatus(token, "inactive");
    } catch (error) {
      // a token that Gradient refuses is as good as disconnected
      if (!isAppError(error, "gradient.token-rejected")) throw error;
    }
  };

  /** After zeros: whether Gradient has heard it. It is told again by the next message, and at last not any more. */
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
   * that it left.
   */
  const isBackIn = async (
    record: Integration | undefined,
    { left, integrationId }: { left: PartnerToken; integrationId: string | undefined },
  ): Promise<boolean> => {
    const isSame = integrationId !== undefined && record?.gradient?.integrationId === integrationId;
    return isSame || (record?.token ? (await stored(record.token)) === left : false);
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
    await mayCall(new Date(clock.now()));
    const gradient = gradientFor(partnerId);
    try {
      const { status } = await gradient.readConnection(token);
      if (status === "inactive") await gradient.setStatus(token, "pending");
    } catch (error) {
      // the daily trial of the token tells its partner
      if (!isAppError(error, "gradient.token-rejected")) throw error;
    }
  };

  /** Another message than this one goes on with zeros that are sent with a version of the same secret. */
  const isNeededForZeros = (record: Integration | undefined, leaving: Leaving): boolean =>
    record?.closing?.token.secretName === leaving.secretName && closingFor(record, leaving) === null;

  return async (leaving: Leaving): Promise<CloseOutcome> => {
    const { partnerId, secretName, versionId, integrationId } = leaving;
    const left = await stored(leaving);
    const isObstructed = async () => (await obstacleFor(partnerId, versionId)) !== null;
    // without the token no zero can be sent any more
    const zerosAre = left === undefined ? "none" : await zeros.next(leaving, isObstructed);
    if (zerosAre === "waits") return "zeros-first";
    if (left === undefined) {
      await zeros.end(leaving);
      return "closed-before";
    }
    await runEnded(partnerId);
    const record = await findIntegration(table, partnerId);
    const isBack = await isBackIn(record, { left, integrationId });
    // who has started again meanwhile is not leaving any more, and its zeros are over
    const isStillSending = zerosAre !== "none" && closingFor(record, leaving) !== null;
    if (isStillSending) {
      if (!(await hasHeard(partnerId, left)) && zerosAre === "sent") return "zeros-first";
    } else if (!isBack) await deactivate(partnerId, left);
    const after = await written(partnerId);
    const current = after?.token;
    if (current && (await isBackIn(after, { left, integrationId }))) await reopen(partnerId, current);
    // keys of several connections are versions of one secret: the zeros of a later one may still need theirs
    const isNeeded = current?.secretName === secretName || isNeededForZeros(after, leaving);
    if (!isNeeded) await vault.remove(secretName);
    await zeros.end(leaving);
    return isBack ? "reconnected" : "closed";
  };
};
