import type * as z from "zod";
import { setLogLevel } from "../logger.ts";

/**
 * The function's environment, once, at cold start; an operator may set `LOG_LEVEL` beside it. Throws and so fails the
 * cold start when a variable is missing: the function's error alarm says so before a partner does.
 */
export const readEnv = <S extends z.ZodType>(schema: S, variables: NodeJS.ProcessEnv = process.env): z.infer<S> => {
  setLogLevel(variables.LOG_LEVEL);
  const result = schema.safeParse(variables);
  if (result.success) return result.data;
  const missing = result.error.issues.map(({ path }) => path.join("."));
  throw new Error(`The function's environment lacks or misspells: ${missing.join(", ")}`);
};
