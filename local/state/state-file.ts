import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import type * as z from "zod";
import { StartupProblem } from "../startup-problem.ts";

/** What `file` holds, or undefined if it is not there yet. A file that cannot be understood ends the start. */
export const readStateFile = <T>(file: string, schema: z.ZodType<T>): T | undefined => {
  if (!existsSync(file)) {
    return undefined;
  }
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw new StartupProblem(
      `The state file ${file} cannot be read (${basename(file)} is damaged): run "npm start -- --fresh" to start over.`,
    );
  }
};

/** Written beside and renamed, so that a kill leaves the old file or the new one, never half of one. */
export const writeStateFile = (file: string, content: unknown): void => {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
};
