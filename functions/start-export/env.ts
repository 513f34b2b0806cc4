import * as z from "zod";
import { tableEnv } from "#shared/lambda/table-env";

export const startExportEnv = z.object({
  ...tableEnv.shape,
  ON_DEMAND_EXPORTS_QUEUE_URL: z.string().min(1),
});
export type StartExportEnv = z.infer<typeof startExportEnv>;
