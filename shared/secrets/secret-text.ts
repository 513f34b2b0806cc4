import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { InfrastructureFault } from "../errors.ts";
import { cacheMs, secretsFailure } from "./secret-errors.ts";

const fetchText = async (client: SecretsManagerClient, name: string): Promise<string> => {
  const { SecretString } = await client
    .send(new GetSecretValueCommand({ SecretId: name }))
    .catch((error: unknown) => Promise.reject(secretsFailure(error)));
  // a line break at the end is what a shell leaves behind when an operator sets a secret by hand
  const text = SecretString?.trim() ?? "";
  if (text === "") throw new InfrastructureFault("A secret of the service has no value.");
  return text;
};

/** One secret as a function to ask again and again: it answers from memory for up to five minutes. */
export const secretText = (
  client: SecretsManagerClient,
  name: string,
  now: () => Date = () => new Date(),
): (() => Promise<string>) => {
  let kept: { text: Promise<string>; until: number } | undefined;
  return () => {
    if (kept !== undefined && now().getTime() < kept.until) return kept.text;
    const text = fetchText(client, name);
    const fresh = { text, until: now().getTime() + cacheMs };
    kept = fresh;
    // a failure is told to everybody who waits for it, but not kept
    text.catch(() => {
      if (kept === fresh) kept = undefined;
    });
    return text;
  };
};
