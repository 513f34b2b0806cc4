import { describe, expect, it } from "vitest";
import { putService } from "#functions/put-service/put-service";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { pauseAfterLoss } from "#shared/pace/pause-after-loss";
import { findService } from "#shared/services/hub-service";
import { readServiceNames } from "#shared/services/service-names";
import type { Key, Query, Table, Write } from "#shared/table/table";
import { aService, aServiceRecord, aServiceRow } from "#test/builders/service";
import { aTableWith, owedTasks, watchedTable } from "#test/builders/table";
import { countingIds, minutesAfter, noon, now } from "#test/builders/time";
import { serviceWorld } from "#test/fakes/service-world";
import { virtualClock } from "#test/fakes/virtual-clock";
import { seededRandom } from "#test/simulation/world/random";

const later = () => new Date(minutesAfter(5));

it("keeps a new service, which Gradient does not know yet", async () => {
  const table = await aTableWith();

  await putService({ table, now, newId: countingIds() })({ id: "svc-dns", record: aServiceRecord() });

  expect(await findService(table, "svc-dns")).toEqual({
    id: "svc-dns",
    name: "DNS Security Essentials",
    description: "Blocks malicious domains for every seat.",
    category: "security",
    subcategory: "DNS filtering",
    unit: "seat",
    gradientServiceId: null,
    gradientName: null,
    gradientDescription: null,
    createdUntil: null,
    unseenSince: null,
    refusal: null,
    failure: null,
    updatedAt: noon,
    version: 1,
  });
  expect(owedTasks(table)).toEqual([{ kind: "sync-catalogue" }]);
});

it("keeps what ties a service to Gradient when its record changes", async () => {
  const stored = aService({ gradientServiceId: "gradient-1", createdUntil: minutesAfter(1) });
  const table = await aTableWith(aServiceRow(stored));

  await putService({ table, now: later, newId: countingIds() })({
    id: "svc-dns",
    record: aServiceRecord({ unit: "user" }),
  });

  expect(await findService(table, "svc-dns")).toEqual({
    ...stored,
    gradientName: "DNS Security Essentials",
    gradientDescription: "Blocks malicious domains for every seat.",
    unit: "user",
    refusal: null,
    failure: null,
    updatedAt: minutesAfter(5),
    version: 2,
  });
  expect(owedTasks(table)).toEqual([]);
});

it("has a service that Gradient refused tried again when its record changes", async () => {
  const refusal = { at: noon, words: "no such category", tries: 3, retryAt: minutesAfter(60) };
  const table = await aTableWith(aServiceRow({ gradientServiceId: null, refusal }));

  await putService({ table, now, newId: countingIds() })({ id: "svc-dns", record: aServiceRecord({ name: "Other" }) });

  expect(await findService(table, "svc-dns")).toMatchObject({ name: "Other", refusal: null });
  expect(owedTasks(table)).toEqual([{ kind: "sync-catalogue" }]);
});

it.each(["name", "description", "unit"] as const)("takes a new %s over", async (field) => {
  const table = await aTableWith(aServiceRow());

  await putService({ table, now, newId: countingIds() })({
    id: "svc-dns",
    record: aServiceRecord({ [field]: "Another" }),
  });

  expect((await findService(table, "svc-dns"))?.[field]).toBe("Another");
});

it("takes a new category or subcategory over", async () => {
  const table = await aTableWith(aServiceRow());
  const record = aServiceRecord({ category: "backup", subcategory: "cloud backup" });

  await putService({ table, now, newId: countingIds() })({ id: "svc-dns", record });
  expect(await findService(table, "svc-dns")).toMatchObject({ category: "backup", subcategory: "cloud backup" });

  await putService({ table, now, newId: countingIds() })({ id: "svc-dns", record: { ...record, category: "other" } });
  expect(await findService(table, "svc-dns")).toMatchObject({ category: "other", subcategory: "cloud backup" });

  await putService({ table, now, newId: countingIds() })({
    id: "svc-dns",
    record: { ...record, category: "other", subcategory: "other" },
  });
  expect(await findService(table, "svc-dns")).toMatchObject({ category: "other", subcategory: "other" });
});

it("writes nothing for a record that it has", async () => {
  const table = watchedTable(await aTableWith(aServiceRow()));

  const answered = await putService({ table, now: later, newId: countingIds() })({
    id: "svc-dns",
    record: aServiceRecord(),
  });

  expect(answered).toEqual(aService());
  expect(table.writes).toBe(0);
});

it("loses nothing that another worker notes at the same moment", async () => {
  const inner = await aTableWith(aServiceRow({ gradientServiceId: null }));
  const table = watchedTable(inner, async (call) => {
    if (call === 1) await inner.put(aServiceRow({ gradientServiceId: "gradient-new", version: 2 }));
  });

  await putService({ table, now, newId: countingIds() })({
    id: "svc-dns",
    record: aServiceRecord({ name: "DNS Security" }),
  });

  expect(await findService(inner, "svc-dns")).toMatchObject({
    name: "DNS Security",
    gradientServiceId: "gradient-new",
    version: 3,
  });
});

describe("a name", () => {
  const put = (table: Table, id: string, name: string) =>
    putService({ table, now, newId: countingIds() })({ id, record: aServiceRecord({ name }) });
  const taken = (serviceId: string) => ({ kind: "conflict", code: "service.name-taken", extra: { serviceId } });

  it.each([
    ["the same name", "Café DNS"],
    ["its letters written in another way", "Cafe\u0301 DNS"],
  ])("that another service has is refused: %s", async (_, name) => {
    const table = await aTableWith();
    await put(table, "a", "Café DNS");

    await expect(put(table, "b", name)).rejects.toMatchObject(taken("a"));
    await put(table, "b", "Another");
    await expect(put(table, "b", name)).rejects.toMatchObject(taken("a"));

    expect(await findService(table, "b")).toMatchObject({ name: "Another" });
  });

  it("that differs in case is another one", async () => {
    const table = await aTableWith();
    await put(table, "a", "DNS");

    await put(table, "b", "dns");

    expect(await findService(table, "b")).toMatchObject({ name: "dns" });
  });

  it("is free again once its service has another, unless Gradient has it, or may have it, under the old one", async () => {
    const table = await aTableWith(
      aServiceRow({ id: "there", name: "Old", gradientServiceId: "g-1" }),
      aServiceRow({ id: "coming", name: "Coming", gradientServiceId: null, createdAs: "Coming" }),
      aServiceRow({ id: "not-there", name: "Free", gradientServiceId: null }),
    );
    for (const id of ["there", "coming", "not-there"]) await put(table, id, `New ${id}`);

    await expect(put(table, "other", "Old")).rejects.toMatchObject(taken("there"));
    await expect(put(table, "other", "Coming")).rejects.toMatchObject(taken("coming"));
    await put(table, "other", "Free");
    // its own old name is its own
    await put(table, "there", "Old");

    expect(await findService(table, "there")).toMatchObject({ name: "Old", gradientName: "Old" });
  });

  it("that Gradient might have had a service under, and has not, is free for another one", async () => {
    const world = serviceWorld();
    await world.connect();
    await put(world.table, "s1", "Alpha");
    world.gradient.failNext("createService", { error: gradientUnavailable("may-land") });
    await world.catalogue();
    await put(world.table, "s1", "Beta");
    await expect(put(world.table, "s2", "Alpha")).rejects.toMatchObject(taken("s1"));

    await world.pass(landsWithinMs + 1);
    await world.live(3);
    await put(world.table, "s2", "Alpha");

    expect(world.gradient.services.map(({ name }) => name)).toEqual(["Beta"]);
    expect(await findService(world.table, "s2")).toMatchObject({ name: "Alpha" });
    await expect(put(world.table, "s3", "Beta")).rejects.toMatchObject(taken("s1"));
    await expect(put(world.table, "s1", "Alpha")).rejects.toMatchObject(taken("s2"));
  });

  it("is known to be taken where the catalogue is older than the names' row", async () => {
    const table = await aTableWith(aServiceRow({ id: "a", name: "DNS" }), aServiceRow({ id: "b", name: "Sig" }));

    await expect(put(table, "c", "Sig")).rejects.toMatchObject(taken("b"));
  });

  it("is known to be taken where the names' row cannot be read, which is made anew", async () => {
    const table = await aTableWith(aServiceRow());
    await table.put({ pk: "catalogue", sk: "names", taken: "canary", version: 7 });
    const put = putService({ table, now, newId: countingIds() });

    await expect(put({ id: "svc-2", record: aServiceRecord() })).rejects.toMatchObject({ code: "service.name-taken" });
    await put({ id: "svc-2", record: aServiceRecord({ name: "Another" }) });

    expect(await readServiceNames(table)).toEqual({
      taken: [
        { serviceId: "svc-dns", names: ["DNS Security Essentials"] },
        { serviceId: "svc-2", names: ["Another"] },
      ],
      version: 8,
    });
  });

  it("is given to nobody while neither that row nor some service can be read", async () => {
    const table = await aTableWith(aServiceRow(), { ...aServiceRow({ id: "svc-2" }), name: 7 });
    await table.put({ pk: "catalogue", sk: "names", taken: "canary", version: 7 });

    await expect(put(table, "svc-3", "Another")).rejects.toMatchObject({ facts: { sk: "service#svc-2" } });

    expect(await table.get({ pk: "catalogue", sk: "names" })).toMatchObject({ taken: "canary" });
  });

  it("is given to one of two that ask for it at the same moment", async () => {
    const inner = await aTableWith();
    const table = watchedTable(inner, async (call) => {
      if (call === 1) await put(inner, "a", "DNS");
    });

    const late = putService({ table, now, newId: countingIds() })({ id: "b", record: aServiceRecord({ name: "DNS" }) });

    await expect(late).rejects.toMatchObject(taken("a"));
    expect(await findService(inner, "b")).toBeUndefined();
  });
});

it("takes a catalogue of forty that is put at once", async () => {
  const clock = virtualClock();
  const random = seededRandom(7);
  const memory = await aTableWith();
  const taking = async <T>(answer: () => Promise<T>): Promise<T> => {
    await clock.sleep(random.between(4, 12));
    const answered = await answer();
    await clock.sleep(random.between(2, 8));
    return answered;
  };
  const table = {
    ...memory,
    get: (key: Key) => taking(() => memory.get(key)),
    query: (query: Query) => taking(() => memory.query(query)),
    transact: (writes: Write[]) => taking(() => memory.transact(writes)),
  };
  const put = putService({ table, now, newId: countingIds(), pauseAfter: pauseAfterLoss(clock, random.next) });
  const begun = clock.now();

  await clock.settle(
    Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        put({ id: `svc-${at}`, record: aServiceRecord({ name: `Service ${at}` }) }),
      ),
    ),
  );

  expect((await readServiceNames(memory)).taken).toHaveLength(40);
  expect(clock.now() - begun).toBeLessThan(5_000);
});
