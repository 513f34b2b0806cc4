import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dynoxideCandidates, startDynoxide } from "#local/aws/dynoxide";
import { tendStream } from "#local/aws/dynoxide-file";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dynoxide-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => new DatabaseSync(join(folder, "dynamodb.sqlite"));
const next =
  "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 AS number FROM _stream_records WHERE table_name = ?";
const addRecords = (count: number, ageHours: number) => {
  const database = open();
  const insert = database.prepare(
    "INSERT INTO _stream_records (table_name, event_name, keys_json, sequence_number, shard_id, created_at) VALUES ('t', 'INSERT', '{}', ?, 's', ?)",
  );
  const { number } = database.prepare(next).get("t") as { number: number };
  database.exec("BEGIN");
  for (let index = 0; index < count; index += 1) {
    insert.run(String(number + index), Math.floor(Date.now() / 1000) - ageHours * 3600);
  }
  database.exec("COMMIT");
  database.close();
};

describe("dynoxide's stream", () => {
  it("is written to in the same time however long it gets, and forgets what is a day old", async () => {
    await (await startDynoxide(folder, dynoxideCandidates({}))).close();
    addRecords(1_500, 30);
    addRecords(100, 1);

    await (await startDynoxide(folder, dynoxideCandidates({}))).close();

    const database = open();
    const plan = database
      .prepare(`EXPLAIN QUERY PLAN ${next}`)
      .all("t")
      .map(({ detail }) => detail);
    expect(plan).toEqual([expect.stringContaining("USING COVERING INDEX local_stream_order")]);
    // a thousand stay whatever their age, and the numbers go on
    expect(database.prepare("SELECT count(*) AS count, min(id) AS first FROM _stream_records").get()).toMatchObject({
      count: 1_000,
      first: 601,
    });
    expect(database.prepare(next).get("t")).toMatchObject({ number: 1_601 });
    database.close();
  });

  it("is left alone where it is kept in another way", () => {
    const database = open();
    database.exec("CREATE TABLE something_else (id INTEGER)");
    database.close();

    expect(() => tendStream(join(folder, "dynamodb.sqlite"))).not.toThrow();
  });
});
