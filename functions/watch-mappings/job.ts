import { scheduledJob } from "#shared/lambda/scheduled-job";
import type { watchMappings } from "./watch-mappings.ts";

export const watchMappingsJob = (run: ReturnType<typeof watchMappings>) => scheduledJob(run);
