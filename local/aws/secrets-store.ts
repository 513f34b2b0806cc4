import { randomBytes, randomUUID } from "node:crypto";
import * as z from "zod";
import { readStateFile, writeStateFile } from "../state/state-file.ts";
import { AwsRefusal, localAccount, localRegion } from "./aws-call.ts";

const secretVersion = z.object({
  id: z.string(),
  string: z.string().optional(),
  binary: z.string().optional(),
  stages: z.array(z.string()),
  createdAt: z.number(),
});

const secret = z.object({
  name: z.string(),
  arn: z.string(),
  description: z.string().optional(),
  createdAt: z.number(),
  changedAt: z.number(),
  deletedAt: z.number().optional(),
  /** When the recovery window closes and the secret is gone. */
  purgeAt: z.number().optional(),
  versions: z.array(secretVersion),
});

export type SecretVersion = z.infer<typeof secretVersion>;
export type Secret = z.infer<typeof secret>;
export type SecretValue = Pick<SecretVersion, "string" | "binary">;

const secretsFile = z.object({ about: z.string(), secrets: z.array(secret) });

const about =
  "Secrets of the local system, readable on purpose. For local use only: never put a production secret here.";

// Secrets Manager itself keeps about a hundred versions that no label points to
const versionsKept = 100;

const notFound = () => new AwsRefusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

/** Secrets in one file that only its owner may read; every change is on disk before it is answered. */
export const secretsStore = (file: string) => {
  let secrets = readStateFile(file, secretsFile)?.secrets ?? [];
  const save = () => writeStateFile(file, { about, secrets });
  const now = () => Date.now() / 1000;
  const present = () => secrets.filter(({ purgeAt }) => purgeAt === undefined || purgeAt > now());

  /** By name, ARN, or ARN without the six characters at its end. */
  const find = (id: string): Secret | undefined =>
    present().find(({ name, arn }) => name === id || arn === id || arn.slice(0, -7) === id);

  const get = (id: string): Secret => {
    const found = find(id);
    if (found === undefined) {
      throw notFound();
    }
    return found;
  };

  const getLive = (id: string): Secret => {
    const found = get(id);
    if (found.deletedAt !== undefined) {
      throw new AwsRefusal(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    return found;
  };

  const moveStage = (target: Secret, stage: string, toVersion: SecretVersion | undefined) => {
    const previous = target.versions.find(({ stages }) => stages.includes(stage));
    if (previous?.id === toVersion?.id) {
      return;
    }
    for (const version of target.versions) {
      version.stages = version.stages.filter((held) => held !== stage);
    }
    if (stage === "AWSCURRENT" && previous !== undefined) {
      moveStage(target, "AWSPREVIOUS", previous);
    }
    toVersion?.stages.push(stage);
    target.changedAt = now();
  };

  /** Adds a version; the same token with the same value again is a repeat, with another value a conflict. */
  const putVersion = (target: Secret, value: SecretValue, token: string, stages: string[]): SecretVersion => {
    const known = target.versions.find(({ id }) => id === token);
    if (known !== undefined && (known.string !== value.string || known.binary !== value.binary)) {
      throw new AwsRefusal(
        "ResourceExistsException",
        "You can't use this ClientRequestToken because a version with another value already has it.",
      );
    }
    const version = known ?? { id: token, ...value, stages: [], createdAt: now() };
    if (known === undefined) {
      target.versions.unshift(version);
      for (const stage of stages) {
        moveStage(target, stage, version);
      }
      target.versions = target.versions.filter(({ stages: held }, index) => held.length > 0 || index < versionsKept);
      target.changedAt = now();
    }
    return version;
  };

  const create = (name: string, value: SecretValue, token: string, description?: string) => {
    const known = find(name);
    if (known?.deletedAt !== undefined) {
      throw new AwsRefusal(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    }
    if (known !== undefined && !known.versions.some(({ id }) => id === token)) {
      throw new AwsRefusal(
        "ResourceExistsException",
        `The operation failed because the secret ${name} already exists.`,
      );
    }
    const created: Secret = known ?? {
      name,
      arn: `arn:aws:secretsmanager:${localRegion}:${localAccount}:secret:${name}-${randomBytes(3).toString("hex")}`,
      ...(description === undefined ? {} : { description }),
      createdAt: now(),
      changedAt: now(),
      versions: [],
    };
    if (known === undefined) {
      secrets.push(created);
    }
    const hasValue = value.string !== undefined || value.binary !== undefined;
    return { created, version: hasValue ? putVersion(created, value, token, ["AWSCURRENT"]) : undefined };
  };

  return {
    find,
    get,
    getLive,
    present,
    create,
    putVersion,
    moveStage,
    newToken: () => randomUUID(),
    /** Marks for deletion, or forgets at once. */
    remove: (target: Secret, recoveryDays: number | undefined) => {
      target.deletedAt = now();
      target.purgeAt = recoveryDays === undefined ? now() : now() + recoveryDays * 24 * 60 * 60;
      secrets = present();
    },
    restore: (target: Secret) => {
      delete target.deletedAt;
      delete target.purgeAt;
    },
    save,
  };
};

export type SecretsStore = ReturnType<typeof secretsStore>;
