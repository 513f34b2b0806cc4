import * as z from "zod";
import { AwsRefusal } from "./aws-call.ts";
import type { Secret, SecretsStore, SecretVersion } from "./secrets-store.ts";

const secretId = z.string().min(1).max(2048);
const token = z.string().min(32).max(64).optional();
const values = { SecretString: z.string().max(65_536).optional(), SecretBinary: z.string().optional() };

const createSecret = z.object({
  Name: z.string().regex(/^[\w/+=.@-]{1,512}$/),
  ClientRequestToken: token,
  Description: z.string().optional(),
  ...values,
});
const getSecretValue = z.object({
  SecretId: secretId,
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
});
const putSecretValue = z.object({
  SecretId: secretId,
  ClientRequestToken: token,
  VersionStages: z.array(z.string()).min(1).max(20).default(["AWSCURRENT"]),
  ...values,
});
const bySecretId = z.object({ SecretId: secretId });
const updateSecretVersionStage = z.object({
  SecretId: secretId,
  VersionStage: z.string().min(1),
  RemoveFromVersionId: z.string().optional(),
  MoveToVersionId: z.string().optional(),
});
const deleteSecret = z.object({
  SecretId: secretId,
  RecoveryWindowInDays: z.int().min(7).max(30).optional(),
  ForceDeleteWithoutRecovery: z.boolean().default(false),
});
const listSecrets = z.object({
  MaxResults: z.int().min(1).max(100).default(100),
  NextToken: z.string().regex(/^\d+$/).default("0"),
  IncludePlannedDeletion: z.boolean().default(false),
  Filters: z.array(z.object({ Key: z.string(), Values: z.array(z.string()) })).default([]),
});

const named = ({ arn, name }: Secret) => ({ ARN: arn, Name: name });
const secretValue = ({
  SecretString,
  SecretBinary,
}: {
  SecretString?: string | undefined;
  SecretBinary?: string | undefined;
}) => {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw new AwsRefusal("InvalidParameterException", "You can't specify both a binary and a string secret value.");
  }
  return {
    ...(SecretString === undefined ? {} : { string: SecretString }),
    ...(SecretBinary === undefined ? {} : { binary: SecretBinary }),
  };
};
const stagesByVersion = (versions: SecretVersion[]) =>
  Object.fromEntries(versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]));
const description = (secret: Secret) => ({
  ...named(secret),
  Description: secret.description,
  CreatedDate: secret.createdAt,
  LastChangedDate: secret.changedAt,
  DeletedDate: secret.deletedAt,
});

/** The operations of Secrets Manager that the service or its tests use, by name; each parses its own input. */
export const secretsOperations = (store: SecretsStore): Record<string, (input: unknown) => object> => ({
  CreateSecret: (input) => {
    const { Name, ClientRequestToken = store.newToken(), Description, ...value } = createSecret.parse(input);
    const { created, version } = store.create(Name, secretValue(value), ClientRequestToken, Description);
    store.save();
    return { ...named(created), VersionId: version?.id };
  },
  GetSecretValue: (input) => {
    const { SecretId, VersionId, VersionStage } = getSecretValue.parse(input);
    const secret = store.getLive(SecretId);
    const stage = VersionStage ?? (VersionId === undefined ? "AWSCURRENT" : undefined);
    const version = secret.versions.find(
      ({ id, stages }) => (VersionId ?? id) === id && (stage === undefined || stages.includes(stage)),
    );
    if (version === undefined) {
      const sought = VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${VersionId}`;
      const message = `Secrets Manager can't find the specified secret value for ${sought}`;
      throw new AwsRefusal("ResourceNotFoundException", message);
    }
    return {
      ...named(secret),
      VersionId: version.id,
      SecretString: version.string,
      SecretBinary: version.binary,
      VersionStages: version.stages,
      CreatedDate: version.createdAt,
    };
  },
  PutSecretValue: (input) => {
    const { SecretId, ClientRequestToken = store.newToken(), VersionStages, ...value } = putSecretValue.parse(input);
    const secret = store.getLive(SecretId);
    const content = secretValue(value);
    if (content.string === undefined && content.binary === undefined) {
      throw new AwsRefusal("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
    }
    const version = store.putVersion(secret, content, ClientRequestToken, VersionStages);
    store.save();
    return { ...named(secret), VersionId: version.id, VersionStages: version.stages };
  },
  DescribeSecret: (input) => {
    const secret = store.get(bySecretId.parse(input).SecretId);
    return { ...description(secret), VersionIdsToStages: stagesByVersion(secret.versions) };
  },
  UpdateSecretVersionStage: (input) => {
    const { SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId } = updateSecretVersionStage.parse(input);
    const secret = store.getLive(SecretId);
    const holder = secret.versions.find(({ stages }) => stages.includes(VersionStage));
    if (holder !== undefined && holder.id !== MoveToVersionId && holder.id !== RemoveFromVersionId) {
      const message = `The staging label ${VersionStage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`;
      throw new AwsRefusal("InvalidParameterException", message);
    }
    const target = secret.versions.find(({ id }) => id === MoveToVersionId);
    if (MoveToVersionId !== undefined && target === undefined) {
      throw new AwsRefusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret version.");
    }
    store.moveStage(secret, VersionStage, target);
    store.save();
    return named(secret);
  },
  DeleteSecret: (input) => {
    const { SecretId, RecoveryWindowInDays, ForceDeleteWithoutRecovery } = deleteSecret.parse(input);
    if (ForceDeleteWithoutRecovery && RecoveryWindowInDays !== undefined) {
      const message = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
      throw new AwsRefusal("InvalidParameterException", message);
    }
    if (ForceDeleteWithoutRecovery && store.find(SecretId) === undefined) {
      return { Name: SecretId, DeletionDate: Date.now() / 1000 };
    }
    const secret = ForceDeleteWithoutRecovery ? store.get(SecretId) : store.getLive(SecretId);
    store.remove(secret, ForceDeleteWithoutRecovery ? undefined : (RecoveryWindowInDays ?? 30));
    store.save();
    return { ...named(secret), DeletionDate: secret.purgeAt };
  },
  RestoreSecret: (input) => {
    const secret = store.get(bySecretId.parse(input).SecretId);
    store.restore(secret);
    store.save();
    return named(secret);
  },
  ListSecrets: (input) => {
    const { MaxResults, NextToken, IncludePlannedDeletion, Filters } = listSecrets.parse(input);
    const prefixes = Filters.filter(({ Key }) => Key === "name").flatMap(({ Values }) => Values);
    const matching = store
      .present()
      .filter(({ deletedAt }) => IncludePlannedDeletion || deletedAt === undefined)
      .filter(({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)));
    const from = Number(NextToken);
    const page = matching.slice(from, from + MaxResults);
    return {
      SecretList: page.map((secret) => ({
        ...description(secret),
        SecretVersionsToStages: stagesByVersion(secret.versions),
      })),
      ...(from + MaxResults < matching.length ? { NextToken: String(from + MaxResults) } : {}),
    };
  },
});
