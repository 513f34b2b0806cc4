import { queueWorker } from "#shared/lambda/queue-worker";
import { taskOf } from "#shared/outbox/outbox";
import type { syncAccounts } from "./sync-accounts.ts";

export const syncAccountsWorker = (sync: ReturnType<typeof syncAccounts>) =>
  queueWorker({ message: taskOf["sync-accounts"], run: sync });
