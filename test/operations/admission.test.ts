import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { admissionWrite, readAdmission } from "#shared/exports/admission/admission";
import { exportKey } from "#shared/exports/usage-export";
import { noLooks } from "#shared/integrations/record/looks";
import { anIntegrationRow } from "#test/builders/integration";
import { minutesAfter, noon } from "#test/builders/time";
import { anExportRow } from "#test/builders/usage-export";
import { stages, tables } from "./stages.ts";

const exportId = "20261122T120000000Z-abcd";
let world: Awaited<ReturnType<typeof stages>>;

/** A partner with a run that was admitted and is in no list. */
const lost = async (table: string, partnerId: string) => {
  const looks = { ...noLooks, tokenCheckAt: minutesAfter(600) };
  await world.tableOf(table).put(anIntegrationRow({ partnerId, looks, currentExportId: exportId }));
  const admittedFor = { want: "all", seq: 1 } as const;
  await world
    .tableOf(table)
    .put(anExportRow({ partnerId, id: exportId, lane: "scheduled", admittedFor, chunks: 9, nextChunk: 4 }));
};
const placesIn = async (table: string) => (await readAdmission(world.tableOf(table))).places;

beforeAll(async () => {
  world = await stages("admission");
});
beforeEach(() => world.startLocal());
afterAll(() => world.close());

// each run is a process of its own
describe("npm run admission", { timeout: 60_000 }, () => {
  it("lists what is under way, and lists anew what was lost: in the table of a stage", async () => {
    expect(await world.runInAws(["list", "--stage", "prod"])).toEqual({
      code: 0,
      out: "Nothing is under way.\n",
      err: "",
    });
    await lost(tables.prod, "org-1");

    const { code, out } = await world.runInAws(["rebuild", "--stage", "prod"]);

    expect([code, out]).toEqual([
      0,
      `back: org-1  ${exportId}\n1 partners looked at, 1 runs back, 0 dropped, 1 listed.\n`,
    ]);
    expect((await world.runInAws(["list", "--stage", "prod"])).out).toBe(
      `Admitted, small: 1\n  org-1  ${exportId}  since 2026-11-22 12:00:00 UTC: 4 of 9 chunks, got on at ${noon.replace("T", " ").replace(".000Z", " UTC")}, no worker is at it\n`,
    );
    expect((await world.runInAws(["rebuild", "--stage", "prod"])).out).toBe(
      "1 partners looked at, 0 runs back, 0 dropped, 1 listed.\n",
    );
  });

  it("mends a row that cannot be read, in the local system", async () => {
    await lost(tables.local, "org-1");
    const over = { partnerId: "org-2", exportId, isLarge: false, isRepeat: false, waitsSince: null };
    const { put } = admissionWrite({ places: [over], usualLines: 7, tookAt: null, version: 4 });
    await world.tableOf(tables.local).put({ ...put, packed: new Uint8Array([7]) });
    expect((await world.run(["list", "--stage", "local"])).out).toContain(
      "cannot be read: npm run admission -- rebuild",
    );

    expect((await world.run(["rebuild", "--stage", "local"])).out).toContain("could not be read, and is written anew");

    expect(await placesIn(tables.local)).toMatchObject([{ partnerId: "org-1", exportId }]);
  });

  it("says what it cannot tell, and that there are more than are admitted", async () => {
    for (let each = 0; each < 21; each += 1) await lost(tables.dev, `org-${each}`);
    await lost(tables.dev, "damaged");
    await world.tableOf(tables.dev).put({ ...exportKey("damaged", exportId), version: 3, state: 7 });

    const { out } = await world.runInAws(["rebuild", "--table", tables.dev]);

    expect(out).toContain(`cannot be read, see the runbook: partner#damaged export#${exportId}`);
    expect(out).toContain("more than the 20 that are admitted at most");
  });

  it("says how it is used", async () => {
    const { code, err } = await world.run([]);
    expect(code).toBe(1);
    expect(err).toContain("npm run admission -- rebuild --stage prod");
  });
});
