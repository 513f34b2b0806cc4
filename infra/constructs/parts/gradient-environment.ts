import type { Construct } from "constructs";
import { settingsOf } from "#infra/stages";
import type { GradientEnv } from "#shared/lambda/gradient-env";
import type { Foundation } from "./foundation.ts";
import type { ServiceFunction } from "./service-function.ts";

/** For a function that calls Gradient at the shared rate. What it may read is granted beside the function. */
export const gradientEnvironment = (
  scope: Construct,
  { storage, credentials, parameters }: Pick<Foundation, "storage" | "credentials" | "parameters">,
): GradientEnv => ({
  TABLE_NAME: storage.tableName,
  GRADIENT_BASE_URL: parameters.gradientBaseUrl,
  VENDOR_KEY_SECRET: credentials.vendorKey.secretArn,
  LIMITER_KEY: settingsOf(scope).limiterKey,
  CALLS_PER_SECOND: String(settingsOf(scope).callsPerSecond),
});

/** For one that calls Gradient with partners' keys, and finds out with others' that wait whose key is good. */
export const grantPartnersCalls = (
  caller: ServiceFunction<GradientEnv>,
  { storage, credentials }: Pick<Foundation, "storage" | "credentials">,
): void => {
  storage.grantUse(caller);
  storage.grantFindDue(caller);
  credentials.vendorKey.grantRead(caller);
  credentials.partnerTokens.grantRead(caller);
};
