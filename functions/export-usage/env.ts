import * as z from "zod";
import { gradientEnv } from "#shared/lambda/gradient-env";

export const exportUsageEnv = z.object({
  ...gradientEnv.shape,
  ON_DEMAND_EXPORTS_QUEUE_URL: z.string().min(1),
  SCHEDULED_EXPORTS_QUEUE_URL: z.string().min(1),
});
export type ExportUsageEnv = z.input<typeof exportUsageEnv>;
