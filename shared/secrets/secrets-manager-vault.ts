import { createHmac } from "node:crypto";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { nameOf } from "../aws-failures.ts";
import { AppError } from "../errors.ts";
import { type PartnerToken, partnerToken } from "../gradient/gradient-token.ts";
import { cacheMs, secretsFailure } from "./secret-errors.ts";
import type { TokenVault } from "./token-vault.ts";

/**
 * A UUID that the same name and token always give. Secrets Manager takes the request token as the version's id and
 * does nothing when version and value exist already, so storing may be repeated.
 */
const versionIdOf = (secretName: string, token: PartnerToken): string =>
  createHmac("sha256", token)
    .update(secretName)
    .digest("hex")
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const tokenMissing = () =>
  new AppError("not-found", "token.missing", "The partner's Gradient token is not stored any more.");

/** Runs `call`; where it fails with an error of that name, `otherwise` decides. */
const recover = async <T>(call: () => Promise<T>, errorName: string, otherwise: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    if (nameOf(error) !== errorName) throw error;
    return await otherwise();
  }
};

const orFailure = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    throw error instanceof AppError ? error : secretsFailure(error);
  }
};

// Secrets Manager's shortest: long enough for an operator to notice a disconnect that nobody meant
const recoveryDays = 7;
// a version without any label may be deleted by Secrets Manager
const currentLabel = "AWSCURRENT";
const labelTries = 3;
// names of Secrets Manager for a secret that is gone, and for one that waits for its deletion already
const goneNames = ["ResourceNotFoundException", "InvalidRequestException"];

/** One secret per partner in AWS Secrets Manager; what was stored last is its current version. */
export const secretsManagerVault = (client: SecretsManagerClient, now: () => Date = () => new Date()): TokenVault => {
  /** By secret name, then by version: a replaced token has a version of its own, so none is ever out of date. */
  const cache = new Map<string, Map<string, { token: PartnerToken; until: number }>>();

  const remember = (secretName: string, versionId: string, token: PartnerToken) => {
    const versions = cache.get(secretName) ?? new Map<string, { token: PartnerToken; until: number }>();
    cache.set(secretName, versions.set(versionId, { token, until: now().getTime() + cacheMs }));
  };

  /** Moves the label of the current version to this one, from whichever has it. */
  const makeCurrent = async (secretName: string, versionId: string) => {
    for (let left = labelTries; ; left -= 1) {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secretName }));
      const holder = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes(currentLabel))?.[0];
      if (holder === versionId) return;
      const labelling = new UpdateSecretVersionStageCommand({
        SecretId: secretName,
        VersionStage: currentLabel,
        MoveToVersionId: versionId,
        ...(holder === undefined ? {} : { RemoveFromVersionId: holder }),
      });
      try {
        await client.send(labelling);
        return;
      } catch (error) {
        // somebody else has moved it since it was read
        if (nameOf(error) !== "InvalidParameterException" || left <= 1) throw error;
      }
    }
  };

  const put = async (secretName: string, token: PartnerToken, versionId: string) => {
    const { VersionStages = [] } = await client.send(
      new PutSecretValueCommand({ SecretId: secretName, SecretString: token, ClientRequestToken: versionId }),
    );
    // a token that comes back after others is a version already, and putting it again leaves the labels where they are
    if (!VersionStages.includes(currentLabel)) await makeCurrent(secretName, versionId);
  };

  const restoreAndPut = async (secretName: string, token: PartnerToken, versionId: string) => {
    await client.send(new RestoreSecretCommand({ SecretId: secretName }));
    await put(secretName, token, versionId);
  };

  const create = (secretName: string, token: PartnerToken, versionId: string) =>
    recover(
      async () => {
        await client.send(
          new CreateSecretCommand({ Name: secretName, SecretString: token, ClientRequestToken: versionId }),
        );
      },
      // another has just created it
      "ResourceExistsException",
      () => put(secretName, token, versionId),
    );

  const putOrCreate = (secretName: string, token: PartnerToken, versionId: string) =>
    recover(
      () => put(secretName, token, versionId),
      "ResourceNotFoundException",
      () => create(secretName, token, versionId),
    );

  const fetchToken = async (secretName: string, versionId: string): Promise<PartnerToken> => {
    const command = new GetSecretValueCommand({ SecretId: secretName, VersionId: versionId });
    try {
      const parsed = partnerToken.safeParse((await client.send(command)).SecretString);
      if (parsed.success) return parsed.data;
    } catch (error) {
      if (!goneNames.includes(nameOf(error))) throw error;
    }
    throw tokenMissing();
  };

  return {
    store: (secretName, token) =>
      orFailure(async () => {
        const versionId = versionIdOf(secretName, token);
        // "invalid request" is Secrets Manager's word for a secret that somebody has scheduled for deletion
        await recover(
          () => putOrCreate(secretName, token, versionId),
          "InvalidRequestException",
          () => restoreAndPut(secretName, token, versionId),
        );
        return { versionId };
      }),

    read: (secretName, versionId) =>
      orFailure(async () => {
        const kept = cache.get(secretName)?.get(versionId);
        if (kept !== undefined && now().getTime() < kept.until) return kept.token;
        const token = await fetchToken(secretName, versionId);
        remember(secretName, versionId, token);
        return token;
      }),

    forget: (secretName) => {
      cache.delete(secretName);
    },

    remove: (secretName) =>
      orFailure(async () => {
        cache.delete(secretName);
        const command = new DeleteSecretCommand({ SecretId: secretName, RecoveryWindowInDays: recoveryDays });
        await client.send(command).catch((error: unknown) => {
          if (!goneNames.includes(nameOf(error))) throw error;
        });
      }),
  };
};
