import { scheduledJob } from "#shared/lambda/scheduled-job";
import type { startUsageExports } from "./start-usage-exports.ts";

export const startUsageExportsJob = (run: ReturnType<typeof startUsageExports>) => scheduledJob(run);
