import * as z from "zod";

/** For a function that needs the table and nothing else. */
export const tableEnv = z.object({ TABLE_NAME: z.string().min(1) });
export type TableEnv = z.infer<typeof tableEnv>;
