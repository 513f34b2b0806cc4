import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { requireSoundDatabase } from "#local/aws/database-file";

let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "database-file-"));
  file = join(folder, "dynamodb.sqlite");
  const database = new DatabaseSync(file);
  database.exec("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)");
  for (let row = 0; row < 500; row += 1) database.exec(`INSERT INTO rows (text) VALUES ('${"x".repeat(100)}')`);
  database.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

const sentence =
  /^The state file .*dynamodb\.sqlite cannot be read \(dynamodb\.sqlite is damaged\): run "npm start -- --fresh"/;

it("takes a sound database, and one that is not there yet", () => {
  requireSoundDatabase(file);
  requireSoundDatabase(join(folder, "other.sqlite"));
});

it.each<[string, () => void]>([
  ["emptied", () => truncateSync(file, 0)],
  ["cut to half", () => truncateSync(file, Math.floor(readFileSync(file).length / 2))],
  ["replaced by text", () => writeFileSync(file, "this is no database at all, whatever its name says")],
])("says in one sentence what to do about one that was %s", (_, damage) => {
  damage();
  expect(() => requireSoundDatabase(file)).toThrow(sentence);
});
