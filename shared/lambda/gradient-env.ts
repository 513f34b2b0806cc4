import * as z from "zod";
import { tableEnv } from "./table-env.ts";

/** For a function that calls Gradient on behalf of a partner. */
export const gradientEnv = z.object({
  ...tableEnv.shape,
  /** Ends in `/api`. */
  GRADIENT_BASE_URL: z.url(),
  VENDOR_KEY_SECRET: z.string().min(1),
  PARTNER_SECRET_PREFIX: z.string().min(1),
  /** Whom Gradient counts the 100 requests a second for: the whole vendor, or each partner. Undocumented, so a setting. */
  LIMITER_KEY: z.enum(["vendor", "partner"]),
});
export type GradientEnv = z.infer<typeof gradientEnv>;
