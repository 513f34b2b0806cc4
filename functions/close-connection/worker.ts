import { queueWorker } from "#shared/lambda/queue-worker";
import { taskOf } from "#shared/outbox/outbox";
import type { closeConnection } from "./close-connection.ts";

export const closeConnectionWorker = (close: ReturnType<typeof closeConnection>) =>
  queueWorker({ message: taskOf["close-connection"], run: close });
