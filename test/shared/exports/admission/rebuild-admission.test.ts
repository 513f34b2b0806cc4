import { describe, expect, it } from "vitest";
import { resumeExports } from "#functions/admit-exports/resume-exports";
import { admissionWrite, maxUnderWay, readAdmission } from "#shared/exports/admission/admission";
import { listUnderWay } from "#shared/exports/admission/list-under-way";
import { rebuildAdmission } from "#shared/exports/admission/rebuild-admission";
import { newHold } from "#shared/exports/export-lease";
import { exportKey, exportWrite, lookIdAt } from "#shared/exports/usage-export";
import { noLooks } from "#shared/integrations/record/looks";
import { store } from "#shared/table/table";
import { fleetOf, largeSizes, named, waiting } from "#test/builders/fleet";
import { anIntegrationRow } from "#test/builders/integration";
import { everyRow, watchedTable } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";
import { anExportRow } from "#test/builders/usage-export";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const admissionKey = { pk: "admission", sk: "under-way" };
// as each partner with a token has it: it is tried once a day
const looks = { ...noLooks, tokenCheckAt: minutesAfter(600) };
const partner = (id: string, minutes: number, more: Parameters<typeof waiting>[3] = {}) =>
  waiting(id, minutes, "all", { looks, ...more });

/** Partners with a run each that was admitted with a message; then its list is lost, or goes without some. */
const losing = async (ids: string[], lost: string[] = ids, more: Parameters<typeof waiting>[3] = {}) => {
  const fleet = await fleetOf(...ids.map((id, index) => partner(id, 60 - index, more)));
  await fleet.admitAll();
  const whole = await fleet.admission();
  const places = whole.places.filter(({ partnerId }) => !lost.includes(partnerId));
  await store(fleet.table, admissionWrite({ ...whole, places }));
  const rebuild = (table: InMemoryTable = fleet.table) => rebuildAdmission(table, fleet.now);
  const listed = async () => (await fleet.admission()).places.map(({ partnerId }) => partnerId).sort();
  return { ...fleet, whole, rebuild, listed };
};

describe("the list of the runs under way, rebuilt", () => {
  it("has back what it has lost, so that the service sees to it again, and a second time changes nothing", async () => {
    const fleet = await losing(["a", "b", "c"], ["a", "c"]);
    const { usualLines } = await fleet.admission();

    expect(await fleet.rebuild()).toMatchObject({
      partners: 3,
      added: [{ partnerId: "a" }, { partnerId: "c" }],
      listed: 3,
    });

    expect(await fleet.listed()).toEqual(["a", "b", "c"]);
    expect((await fleet.admission()).usualLines).toBe(usualLines);
    const before = everyRow(fleet.table);
    expect(await fleet.rebuild()).toMatchObject({ added: [], dropped: [], listed: 3 });
    expect(everyRow(fleet.table)).toEqual(before);

    fleet.pass(6 * 60_000);
    expect(await resumeExports(fleet)({ remainingMs: () => 60_000 })).toEqual({ resumed: 3, closed: 0 });
    fleet.pass(3_000);
    expect(await fleet.take("worker")).toBeDefined();
  });

  it("lists a run whose worker is at it as one that waits for none", async () => {
    const fleet = await losing(["a", "b"]);
    await fleet.change("a", { lease: newHold("alive", Date.parse(noon)) });
    await fleet.change("b", { lease: newHold("dead", Date.parse(noon) - 60_000) });

    await fleet.rebuild();

    const { places } = await fleet.admission();
    expect(places).toMatchObject([
      { partnerId: "a", waitsSince: null },
      { partnerId: "b", waitsSince: noon },
    ]);
  });

  it("knows large runs by their plan, or by what their partner has", async () => {
    const fleet = await losing(["a", "b"], ["a", "b"], largeSizes);
    await fleet.change("b", { chunks: 1, toSend: 40 });

    await fleet.rebuild();

    expect((await fleet.admission()).places).toMatchObject([
      { partnerId: "a", isLarge: true },
      { partnerId: "b", isLarge: false },
    ]);
  });

  it("goes without what is over, or gone, and without what was never admitted", async () => {
    const fleet = await losing(["over", "gone", "ended", "fine"], ["ended"]);
    await fleet.end("over");
    await fleet.end("ended");
    await fleet.table.delete(exportKey("gone", (await fleet.runOf("gone")).id));
    // begun at once for somebody who waits: it meets a want like one that was admitted, and is in the index
    const admittedFor = { want: "all", seq: 1 } as const;
    await fleet.table.put(anExportRow({ partnerId: "person", id: "20261122T120000000Z-person", admittedFor }));
    await fleet.table.put(
      anIntegrationRow({ partnerId: "person", looks, currentExportId: "20261122T120000000Z-person" }),
    );

    const { added, dropped } = await fleet.rebuild();

    expect(added).toEqual([]);
    expect(dropped.map(({ partnerId }) => partnerId)).toEqual(["over", "gone"]);
    expect(await fleet.listed()).toEqual(["fine"]);
  });

  it("comes back with all there are, though others were admitted meanwhile: nobody is admitted until they are fewer", async () => {
    const ids = named(maxUnderWay + 4);
    const fleet = await losing(ids, named(3));
    expect(await fleet.admitAll()).toHaveLength(3);

    expect(await fleet.rebuild()).toMatchObject({ listed: maxUnderWay + 3 });

    expect(await fleet.admitAll()).toEqual([]);
    for (const id of named(4)) await fleet.end(id);
    expect(await fleet.admitAll()).toEqual([ids.at(-1)]);
  });

  it.each<[string, object]>([
    ["packed anyhow", { packed: new Uint8Array([7]) }],
    ["with a place of another kind", { packed: '[{"partnerId":7}]' }],
    ["without a version", { packed: "", version: "x" }],
    ["lists a run twice", {}],
  ])("is mended where the row cannot be used: %s", async (_, damage) => {
    const fleet = await losing(["a", "b"], []);
    const twice = { ...fleet.whole, places: [...fleet.whole.places, ...fleet.whole.places] };
    await fleet.table.put({ ...admissionWrite(twice).put, ...damage });
    await expect(fleet.admitAll()).rejects.toThrow();

    await fleet.rebuild();

    expect(await fleet.listed()).toEqual(["a", "b"]);
    expect((await readAdmission(fleet.table)).usualLines).toBe(fleet.whole.usualLines);
    expect(await fleet.admitAll()).toEqual([]);
  });

  it("is nothing where nothing was ever admitted", async () => {
    const fleet = await losing([]);
    fleet.table.rows.clear();
    expect(await fleet.rebuild()).toMatchObject({ partners: 0, listed: 0, wasUnreadable: false });
    expect(fleet.table.rows.size).toBe(0);
  });

  it("loses nothing to what the service writes at the same moment", async () => {
    const fleet = await losing(["a", "b"], ["a"]);
    await fleet.table.put(partner("c", 1));
    const table = watchedTable(fleet.table, async (call) => {
      // another run is admitted, and one that is to come back ends
      if (call === 1) await fleet.admitAll();
    });

    await fleet.rebuild(table);

    expect(await fleet.listed()).toEqual(["a", "b", "c"]);
    expect(table.writes).toBe(2);
  });

  it("tells of what cannot be read, and does all others", async () => {
    const fleet = await losing(["a", "b", "c"]);
    const run = await fleet.runOf("a");
    await fleet.table.put({ ...exportKey("a", run.id), version: 9, state: 7 });
    const record = { pk: "partner#b", sk: "integration" };
    await fleet.table.put({ ...partner("b", 9), mapping: "?" });

    const { unreadable } = await fleet.rebuild();

    expect(unreadable).toEqual([record, exportKey("a", run.id)]);
    expect(await fleet.listed()).toEqual(["c"]);
  });

  it("keeps a listed run that cannot be read: it may be under way", async () => {
    const fleet = await losing(["a"], []);
    await fleet.table.put({ ...exportKey("a", (await fleet.runOf("a")).id), version: 9, state: 7 });
    expect(await fleet.rebuild()).toMatchObject({ dropped: [], listed: 1 });
  });

  it("finds every partner, however many pages of them there are", async () => {
    const fleet = await losing(["z-last"]);
    for (const id of named(250)) await fleet.table.put(anIntegrationRow({ partnerId: id, looks }));
    expect(await fleet.rebuild()).toMatchObject({ partners: 251, added: [{ partnerId: "z-last" }] });
  });
});

describe("what is under way", () => {
  it("is told by class, also what was not admitted", async () => {
    const fleet = await losing(["a", "b"], [], largeSizes);
    await fleet.table.put(anExportRow({ partnerId: "person" }));
    const look = lookIdAt(new Date(noon), "1");
    await fleet.table.put(anExportRow({ partnerId: "mapper", id: look, kind: "look" }));
    await fleet.table.delete(exportKey("b", (await fleet.runOf("b")).id));
    await store(fleet.table, exportWrite({ ...(await fleet.runOf("a")), nextChunk: 3, chunks: 9 }));

    const { runs, isReadable, admitted } = await listUnderWay(fleet.table);

    expect({ isReadable, admitted }).toEqual({ isReadable: true, admitted: 2 });
    expect(runs.map((one) => [one.class, one.key.pk, one.run?.nextChunk])).toEqual([
      ["large", "partner#a", 3],
      ["large", "partner#b", undefined],
      ["look", "partner#mapper", 0],
      ["on-demand", "partner#person", 0],
    ]);
  });

  it("is told as far as it can be where the list cannot be read", async () => {
    const fleet = await losing(["a"], []);
    await fleet.table.put({ ...admissionKey, version: 3, packed: "?" });
    expect(await listUnderWay(fleet.table)).toEqual({ isReadable: false, admitted: 0, runs: [] });
  });
});
