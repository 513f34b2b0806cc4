import * as z from "zod";
import { tableEnv } from "#shared/lambda/table-env";

export const relayOutboxEnv = z.object({
  ...tableEnv.shape,
  ACCOUNTS_QUEUE_URL: z.string().min(1),
  CATALOGUE_QUEUE_URL: z.string().min(1),
  MAIL_QUEUE_URL: z.string().min(1),
  ON_DEMAND_EXPORTS_QUEUE_URL: z.string().min(1),
  SCHEDULED_EXPORTS_QUEUE_URL: z.string().min(1),
  DISCONNECTS_QUEUE_URL: z.string().min(1),
});
export type RelayOutboxEnv = z.infer<typeof relayOutboxEnv>;
