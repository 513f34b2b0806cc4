import type * as z from "zod";
import { gradientEnv } from "#shared/lambda/gradient-env";

/** The table, and the rate of which looks get a share. */
export const watchMappingsEnv = gradientEnv.pick({ TABLE_NAME: true, CALLS_PER_SECOND: true });
export type WatchMappingsEnv = z.input<typeof watchMappingsEnv>;
