import * as z from "zod";
import { tableEnv } from "./table-env.ts";

/** For a function that answers with the integration, which links to Gradient's pages. */
export const viewEnv = z.object({ ...tableEnv.shape, GRADIENT_BASE_URL: z.url() });
export type ViewEnv = z.infer<typeof viewEnv>;
