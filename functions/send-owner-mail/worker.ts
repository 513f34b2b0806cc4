import { queueWorker } from "#shared/lambda/queue-worker";
import { taskOf } from "#shared/outbox/outbox";
import type { sendOwnerMail } from "./send-owner-mail.ts";

export const sendOwnerMailWorker = (send: ReturnType<typeof sendOwnerMail>) =>
  queueWorker({ message: taskOf["send-owner-mail"], run: send });
