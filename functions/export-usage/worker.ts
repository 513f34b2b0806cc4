import { queueWorker } from "#shared/lambda/queue-worker";
import { taskOf } from "#shared/outbox/outbox";
import type { exportUsage } from "./export-usage.ts";

export const exportUsageWorker = (run: ReturnType<typeof exportUsage>) =>
  queueWorker({ message: taskOf["export-usage"], run });
