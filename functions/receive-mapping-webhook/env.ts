import * as z from "zod";
import { tableEnv } from "#shared/lambda/table-env";

export const receiveMappingWebhookEnv = z.object({ ...tableEnv.shape, WEBHOOK_KEYS_SECRET: z.string().min(1) });
export type ReceiveMappingWebhookEnv = z.infer<typeof receiveMappingWebhookEnv>;
