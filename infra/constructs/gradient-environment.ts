import type { Construct } from "constructs";
import { settingsOf } from "#infra/stages";
import type { GradientEnv } from "#shared/lambda/gradient-env";
import type { Foundation } from "./foundation.ts";

/** The environment of a function that calls Gradient. What it may read is granted beside the function. */
export const gradientEnvironment = (
  scope: Construct,
  { storage, credentials, parameters }: Pick<Foundation, "storage" | "credentials" | "parameters">,
): GradientEnv => ({
  TABLE_NAME: storage.tableName,
  GRADIENT_BASE_URL: parameters.gradientBaseUrl,
  VENDOR_KEY_SECRET: credentials.vendorKey.secretArn,
  PARTNER_SECRET_PREFIX: credentials.partnerTokens.prefix,
  LIMITER_KEY: settingsOf(scope).limiterKey,
});
