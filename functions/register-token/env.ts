import * as z from "zod";
import { viewEnv } from "#shared/lambda/view-env";

export const registerTokenEnv = z.object({
  ...viewEnv.shape,
  VENDOR_KEY_SECRET: z.string().min(1),
  PARTNER_SECRET_PREFIX: z.string().min(1),
  TOKEN_HASH_KEY_SECRET: z.string().min(1),
});
export type RegisterTokenEnv = z.infer<typeof registerTokenEnv>;
