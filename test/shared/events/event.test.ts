import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { eventWrite, listEvents, serviceActor } from "#shared/events/event";
import { store } from "#shared/table/table";
import { inMemoryTable } from "#test/fakes/in-memory-table";

const root = path.resolve(import.meta.dirname, "../../..");
const event = {
  id: "event-1",
  partnerId: "org-1",
  type: "integration.started",
  at: "2026-11-26T10:00:00.000Z",
  details: {},
  ...serviceActor,
} as const;

it("an event stays as it was written: nothing is written in its place", async () => {
  const table = inMemoryTable();
  await store(table, eventWrite(event));

  await expect(store(table, eventWrite({ ...event, type: "integration.disconnected" }))).rejects.toMatchObject({
    code: "table.conflict",
  });
  expect((await listEvents(table, "org-1", { limit: 10 })).items).toMatchObject([{ type: "integration.started" }]);
});

it("no code but that which adds events, and that which lists them, knows where they lie", () => {
  const files = ["functions", "shared"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => path.join(folder, file)),
  );
  const knowing = files.filter((file) => readFileSync(path.join(root, file), "utf8").includes("event#"));

  expect(knowing.toSorted()).toEqual([
    path.join("functions", "read-integration", "read-events.ts"),
    path.join("shared", "events", "event.ts"),
  ]);
});
