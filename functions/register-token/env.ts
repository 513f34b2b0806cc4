import * as z from "zod";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { viewEnv } from "#shared/lambda/view-env";

export const registerTokenEnv = z.object({
  ...viewEnv.shape,
  ...gradientEnv.shape,
  PARTNER_SECRET_PREFIX: z.string().min(1),
  TOKEN_HASH_KEY_SECRET: z.string().min(1),
});
export type RegisterTokenEnv = z.input<typeof registerTokenEnv>;
