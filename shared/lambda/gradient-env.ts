import * as z from "zod";
import { tableEnv } from "./table-env.ts";

/** For a function that calls Gradient at the rate that all of them share. */
export const gradientEnv = z.object({
  ...tableEnv.shape,
  /** Ends in `/api`. */
  GRADIENT_BASE_URL: z.url(),
  VENDOR_KEY_SECRET: z.string().min(1),
  /** Whom Gradient counts its requests a second for: the whole vendor, or each partner. Undocumented, so a setting. */
  LIMITER_KEY: z.enum(["vendor", "partner"]),
  /** What all workers under one such key send together. */
  CALLS_PER_SECOND: z
    .string()
    .regex(/^[1-9]\d*$/)
    .transform(Number),
});
/** As the stack writes it. */
export type GradientEnv = z.input<typeof gradientEnv>;
