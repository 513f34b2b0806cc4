import { existsSync, statSync } from "node:fs";
import { basename } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StartupProblem } from "../startup-problem.ts";

const isSound = (file: string): boolean => {
  // an emulator writes its tables as it makes the file: an empty one was cut off by something else
  if (statSync(file).size === 0) return false;
  const database = new DatabaseSync(file, { timeout: 2_000 });
  try {
    return Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {}).includes("ok");
  } finally {
    database.close();
  }
};

/**
 * Ends the start with one sentence when an emulator's database is damaged: it would come up empty, or fail at every
 * call.
 */
export const requireSoundDatabase = (file: string): void => {
  if (!existsSync(file)) return;
  let sound = false;
  try {
    sound = isSound(file);
  } catch {
    sound = false;
  }
  if (sound) return;
  throw new StartupProblem(
    `The state file ${file} cannot be read (${basename(file)} is damaged): run "npm start -- --fresh" to start over.`,
  );
};
