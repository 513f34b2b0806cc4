import { sqsWorker } from "#shared/lambda/sqs-worker";
import { task } from "#shared/outbox/outbox";
import type { exportUsage } from "./export-usage.ts";

export const exportUsageWorker = (run: ReturnType<typeof exportUsage>) =>
  sqsWorker({
    message: task,
    run: async (message, invocation) => {
      if (message.kind !== "export-usage") throw new Error("This queue carries exports only");
      return run(message, invocation);
    },
  });
