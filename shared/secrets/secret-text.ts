import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { cacheMs, secretsUnavailable } from "./secret-errors.ts";

const fetchText = async (client: SecretsManagerClient, name: string): Promise<string> => {
  const { SecretString } = await client
    .send(new GetSecretValueCommand({ SecretId: name }))
    .catch((error: unknown) => Promise.reject(secretsUnavailable(error)));
  // a line break at the end is what a shell leaves behind when an operator sets a secret by hand
  const text = SecretString?.trim() ?? "";
  if (text === "") throw secretsUnavailable(new Error("empty secret"));
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
