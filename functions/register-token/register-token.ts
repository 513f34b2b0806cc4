import { createHmac } from "node:crypto";
import { AppError } from "#shared/errors";
import { type Actor, eventWrite } from "#shared/events/event";
import { runningExport } from "#shared/exports/start-usage-export";
import { exportWrite } from "#shared/exports/usage-export";
import type { GradientApi, GradientConnection } from "#shared/gradient/gradient-api";
import {
  cleanPastedToken,
  type PartnerToken,
  partnerToken,
  partnerTokenShape,
  tokenFingerprint,
} from "#shared/gradient/gradient-token";
import {
  findIntegration,
  type Integration,
  integrationWrite,
  noMapping,
  stateWithToken,
  withoutProblem,
} from "#shared/integrations/integration";
import { claimWrites, organizationClaimKey, releaseClaim, tokenClaimKey } from "#shared/integrations/token-claim";
import { wrongStep } from "#shared/integrations/wrong-step";
import { owe } from "#shared/outbox/outbox";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, type Write, written } from "#shared/table/table";

interface Dependencies extends Changing {
  gradient: Pick<GradientApi, "readConnection" | "setStatus">;
  vault: Pick<TokenVault, "store">;
  secretPrefix: string;
  hashKey: () => Promise<string>;
}

export interface Registration {
  partnerId: string;
  /** As pasted. */
  text: string;
  by: Actor;
}

const parseToken = (text: string): PartnerToken => {
  const parsed = partnerToken.safeParse(cleanPastedToken(text));
  if (parsed.success) return parsed.data;
  const detail = `This is not the shape of a Gradient token: ${partnerTokenShape}. Copy the whole key from Gradient and paste it again.`;
  throw new AppError("invalid", "token.malformed", detail, {
    errors: [{ path: "partnerToken", message: `Expected ${partnerTokenShape}.` }],
  });
};

/**
 * What to throw for Gradient's failure: its refusal of the token, or that it could not be asked, which says nothing
 * about the token.
 */
const refusal = (error: unknown): unknown => {
  if (!(error instanceof AppError) || !error.code.startsWith("gradient.")) return error;
  if (error.code === "gradient.token-rejected") {
    const detail = "Gradient does not accept this token. Generate a new one in Gradient and paste it here.";
    return new AppError("invalid", "token.rejected", detail, { cause: error });
  }
  const { kind, retryAfterSeconds } = error;
  const detail = "Gradient could not be asked about the token. Nothing was changed; try again in a moment.";
  return new AppError(kind === "unavailable" ? kind : "upstream", "gradient.unavailable", detail, {
    cause: error,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
};

const orRefusal = async <T>(call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    throw refusal(error);
  }
};

/** Nothing of the earlier mapping holds for a token of another Gradient organization or of a new connection to it. */
const withConnection = (integration: Integration, connection: GradientConnection, at: string): Integration => {
  const isSame = integration.gradient?.integrationId === connection.integrationId;
  const waitingSince = integration.agreement ? at : null;
  return {
    ...integration,
    gradient: connection,
    mapping: isSame ? integration.mapping : { ...noMapping, waitingSince, nextCheckAt: waitingSince },
    lastFullAt: null,
    viewsOwed: isSame ? integration.viewsOwed : null,
  };
};

/**
 * Checks a partner token with Gradient, then stores it; the one it replaces stays in force until then. The secret is
 * written before the record that points to it, so a crash between the two leaves the earlier token at work.
 */
export const registerToken =
  ({ table, gradient, vault, secretPrefix, hashKey, now, newId }: Dependencies) =>
  async ({ partnerId, text, by }: Registration): Promise<Integration> => {
    const token = parseToken(text);
    const key = await hashKey();
    const fingerprint = tokenFingerprint(token, key);
    // One name for as long as the partner stays connected, and nothing of the partner in it. A reconnect has another:
    // the secret of the connection before may still have to be deleted.
    const secretNameOf = ({ startedAt }: Integration): string =>
      `${secretPrefix}${createHmac("sha256", key).update(`secret#${partnerId}#${startedAt}`).digest("hex").slice(0, 32)}`;

    return retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before || before.state === "disconnected") throw wrongStep(before?.state ?? "not-started");
      const tokenClaim = await claimWrites(table, tokenClaimKey(fingerprint), partnerId);

      const connection = await orRefusal(gradient.readConnection(token));
      const organizationClaim = await claimWrites(table, organizationClaimKey(connection.organizationId), partnerId);
      // Gradient's wizard stays locked until the vendor has said `pending`; `active` must not be taken back
      const isKnown = connection.status === "pending" || connection.status === "active";
      if (!isKnown) await orRefusal(gradient.setStatus(token, "pending"));

      const secretName = secretNameOf(before);
      const { versionId } = await vault.store(secretName, token);
      const at = now().toISOString();
      const registered = withConnection(before, { ...connection, status: isKnown ? connection.status : "pending" }, at);
      const updated: Integration = withoutProblem(
        {
          ...registered,
          state: stateWithToken(registered),
          token: {
            secretName,
            versionId,
            fingerprint,
            lastFour: token.slice(-4),
            status: "valid",
            registeredAt: at,
            registeredBy: by.actor,
            checkedAt: at,
          },
        },
        "token.rejected",
      );
      const released: Write[] = [
        ...(before.token && before.token.fingerprint !== fingerprint
          ? [releaseClaim(tokenClaimKey(before.token.fingerprint))]
          : []),
        ...(before.gradient && before.gradient.organizationId !== connection.organizationId
          ? [releaseClaim(organizationClaimKey(before.gradient.organizationId))]
          : []),
      ];
      const running = await runningExport(table, partnerId);
      const isLeft = before.gradient?.integrationId !== connection.integrationId;
      const type = before.token ? "token.replaced" : "token.registered";
      const details = { lastFour: token.slice(-4), organizationName: connection.organizationName };
      await table.transact([
        integrationWrite(updated),
        ...tokenClaim,
        ...organizationClaim,
        ...released,
        // the worker reads this at its next checkpoint and sends no further line to the connection that was left
        ...(running && isLeft ? [exportWrite({ ...running, stop: running.stop ?? "not-connected" })] : []),
        eventWrite({ id: newId(), partnerId, type, at, details, ...by }),
        // accounts may have gone with the old connection
        ...(updated.agreement
          ? [owe({ kind: "sync-accounts", partnerId, reason: "replaced" }, { id: newId(), at })]
          : []),
      ]);
      return written(updated);
    });
  };
