import * as z from "zod";
import { tableEnv } from "#shared/lambda/table-env";

export const watchMailsEnv = z.object({
  ...tableEnv.shape,
  /** So many days after it was registered a key is to be replaced. */
  TOKEN_POLICY_DAYS: z
    .string()
    .regex(/^[1-9]\d*$/)
    .transform(Number),
});
/** As the stack writes it. */
export type WatchMailsEnv = z.input<typeof watchMailsEnv>;
