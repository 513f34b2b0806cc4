import * as z from "zod";
import { tableEnv } from "#shared/lambda/table-env";

export const sendOwnerMailEnv = z.object({
  ...tableEnv.shape,
  MAIL_FROM: z.string().min(3),
  /** Where SES reports bounces to; without it nothing is heard of them. */
  MAIL_CONFIGURATION_SET: z.string().min(1).optional(),
  HUB_URL: z.url(),
  GRADIENT_BASE_URL: z.url(),
});
export type SendOwnerMailEnv = z.infer<typeof sendOwnerMailEnv>;
