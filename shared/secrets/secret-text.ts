import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { InfrastructureFault } from "../errors.ts";
import { cacheMs, secretsFailure } from "./secret-errors.ts";
import type { VendorKey, VendorKeyVersion } from "./vendor-key.ts";

const fetchText = async (client: SecretsManagerClient, name: string): Promise<VendorKeyVersion> => {
  const { SecretString, VersionId } = await client
    .send(new GetSecretValueCommand({ SecretId: name }))
    .catch((error: unknown) => Promise.reject(secretsFailure(error)));
  // a line break at the end is what a shell leaves behind when an operator sets a secret by hand
  const key = SecretString?.trim() ?? "";
  if (key === "") throw new InfrastructureFault("A secret of the service has no value.");
  return { key, version: VersionId ?? "" };
};

interface Keeping {
  now?: () => Date;
  /** How long a secret is answered from memory. */
  keptMs?: number;
}

/**
 * For whoever calls Gradient because a person waits and takes its 401 at its word: with a key that was replaced
 * meanwhile, a good token would be called a wrong one.
 */
export const keptForPersonsMs = 5_000;

/** The vendor key out of its secret, to be asked again and again: it answers from memory for up to five minutes. */
export const vendorKeyIn = (
  client: SecretsManagerClient,
  name: string,
  { now = () => new Date(), keptMs = cacheMs }: Keeping = {},
): VendorKey => {
  let kept: { text: Promise<VendorKeyVersion>; until: number } | undefined;
  return {
    current: () => {
      if (kept !== undefined && now().getTime() < kept.until) return kept.text;
      const text = fetchText(client, name);
      const fresh = { text, until: now().getTime() + keptMs };
      kept = fresh;
      // a failure is told to everybody who waits for it, but not kept
      text.catch(() => {
        if (kept === fresh) kept = undefined;
      });
      return text;
    },
    forget: () => {
      kept = undefined;
    },
  };
};

/** Any secret of one text, as a function to ask again and again. */
export const secretText = (client: SecretsManagerClient, name: string, keeping?: Keeping): (() => Promise<string>) => {
  const { current } = vendorKeyIn(client, name, keeping);
  return async () => (await current()).key;
};
