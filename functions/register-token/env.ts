import * as z from "zod";
import { gradientEnv } from "#shared/lambda/gradient-env";

export const registerTokenEnv = z.object({ ...gradientEnv.shape, TOKEN_HASH_KEY_SECRET: z.string().min(1) });
export type RegisterTokenEnv = z.infer<typeof registerTokenEnv>;
