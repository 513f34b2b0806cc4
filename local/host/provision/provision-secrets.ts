import { randomInt, randomUUID } from "node:crypto";
import * as z from "zod";
import { type AwsCall, isRefusal } from "../../aws/aws-call.ts";
import type { Stack, StackResource } from "../template/stack.ts";

const generation = z.object({
  PasswordLength: z.coerce.number().default(32),
  ExcludeCharacters: z.string().default(""),
  ExcludeLowercase: z.boolean().default(false),
  ExcludeUppercase: z.boolean().default(false),
  ExcludeNumbers: z.boolean().default(false),
  ExcludePunctuation: z.boolean().default(false),
  IncludeSpace: z.boolean().default(false),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});
const secretProperties = z.object({
  Description: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: generation.optional(),
});

const created = z.object({ ARN: z.string() });
const current = z.object({ SecretString: z.string().optional() });

const lowercase = "abcdefghijklmnopqrstuvwxyz";
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/** A random string by the rules of `GenerateSecretString`. */
export const generateSecret = (given: z.input<typeof generation>): string => {
  const rules = generation.parse(given);
  const classes = [
    rules.ExcludeLowercase ? "" : lowercase,
    rules.ExcludeUppercase ? "" : lowercase.toUpperCase(),
    rules.ExcludeNumbers ? "" : "0123456789",
    rules.ExcludePunctuation ? "" : punctuation,
    rules.IncludeSpace ? " " : "",
  ];
  const alphabet = [...classes.join("")].filter((character) => !rules.ExcludeCharacters.includes(character));
  const password = Array.from({ length: rules.PasswordLength }, () => alphabet[randomInt(alphabet.length)]).join("");
  if (rules.SecretStringTemplate === undefined || rules.GenerateStringKey === undefined) {
    return password;
  }
  const template = z.record(z.string(), z.unknown()).parse(JSON.parse(rules.SecretStringTemplate));
  return JSON.stringify({ ...template, [rules.GenerateStringKey]: password });
};

const describeSecret = async (secrets: AwsCall, name: string): Promise<string | undefined> => {
  try {
    return created.parse(await secrets("secretsmanager.DescribeSecret", { SecretId: name })).ARN;
  } catch (error) {
    if (isRefusal(error, "ResourceNotFoundException")) {
      return undefined;
    }
    throw error;
  }
};

/** Puts the host's value in place of whatever an earlier run, with other settings, left there. */
const correct = async (secrets: AwsCall, arn: string, value: string): Promise<void> => {
  const { SecretString } = current.parse(await secrets("secretsmanager.GetSecretValue", { SecretId: arn }));
  if (SecretString !== value) {
    await secrets("secretsmanager.PutSecretValue", {
      SecretId: arn,
      SecretString: value,
      ClientRequestToken: randomUUID(),
    });
  }
};

/**
 * Creates the secrets that are not there yet. `fixedValue` is what the host wants in a secret that people fill in by
 * hand on AWS; every other one is generated once, as CloudFormation would.
 */
export const provisionSecrets = async (
  stack: Stack,
  secrets: AwsCall,
  fixedValue: (resource: StackResource) => string | undefined,
): Promise<void> => {
  for (const resource of stack.ofType("AWS::SecretsManager::Secret")) {
    const name = stack.nameOf(resource);
    const { Description, SecretString, GenerateSecretString } = stack.properties(resource, secretProperties);
    const fixed = fixedValue(resource);
    const known = await describeSecret(secrets, name);
    if (known !== undefined && fixed !== undefined) {
      await correct(secrets, known, fixed);
    }
    const creation = {
      Name: name,
      Description,
      SecretString: fixed ?? SecretString ?? generateSecret(GenerateSecretString ?? {}),
      ClientRequestToken: randomUUID(),
    };
    stack.setRef(resource, known ?? created.parse(await secrets("secretsmanager.CreateSecret", creation)).ARN);
  }
};
