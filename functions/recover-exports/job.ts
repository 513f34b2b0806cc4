import { scheduledJob } from "#shared/lambda/scheduled-job";
import type { recoverExports } from "./recover-exports.ts";

export const recoverExportsJob = (run: ReturnType<typeof recoverExports>) => scheduledJob(run);
