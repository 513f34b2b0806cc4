import { expect, it } from "vitest";
import { callLimit } from "#shared/calls/call-limit";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { virtualClock } from "#test/fakes/virtual-clock";

const partnerId = "org-1";

it("lets 30 changes of a partner's people pass in any minute, and says when the next one may come", async () => {
  const clock = virtualClock();
  const admit = callLimit({ table: inMemoryTable(), now: () => clock.date() });
  const pass = (ms: number) => clock.settle(clock.sleep(ms));

  for (let call = 0; call < 30; call += 1) {
    await admit(partnerId);
    await pass(1_000);
  }

  // the first one is 30 seconds old
  await expect(admit(partnerId)).rejects.toMatchObject({ code: "calls.too-many", retryAfterSeconds: 30 });
  // another partner has a minute of its own
  await admit("org-2");
  await pass(29_999);
  await expect(admit(partnerId)).rejects.toMatchObject({ retryAfterSeconds: 1 });
  await pass(1);
  await admit(partnerId);
  await expect(admit(partnerId)).rejects.toMatchObject({ code: "calls.too-many" });
});

it("is not deceived by a clock that was ahead", async () => {
  const clock = virtualClock();
  let aheadMs = 60 * 60_000;
  const admit = callLimit({ table: inMemoryTable(), now: () => new Date(clock.now() + aheadMs), perMinute: 2 });
  await admit(partnerId);
  await admit(partnerId);
  aheadMs = 0;

  await admit(partnerId);
  await admit(partnerId);
  await expect(admit(partnerId)).rejects.toMatchObject({ code: "calls.too-many", retryAfterSeconds: 60 });

  // a little ahead is as usual: many processes count
  aheadMs = -500;
  await expect(admit(partnerId)).rejects.toMatchObject({ code: "calls.too-many", retryAfterSeconds: 60 });
});

it("counts anew where its row cannot be read, so that nobody is locked out", async () => {
  const table = inMemoryTable([{ pk: "partner#org-1", sk: "calls", version: Number.NaN, at: "of a later version" }]);
  const admit = callLimit({ table, now: () => new Date("2026-11-22T12:00:00Z"), perMinute: 2 });

  await admit(partnerId);
  await admit(partnerId);
  await expect(admit(partnerId)).rejects.toMatchObject({ code: "calls.too-many" });
});

it("counts calls at the same time one by one, and none that it refuses", async () => {
  const table = inMemoryTable();
  const admit = callLimit({ table, now: () => new Date("2026-11-22T12:00:00Z") });

  const answers = await Promise.allSettled(Array.from({ length: 40 }, () => admit(partnerId)));

  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(30);
  expect((await table.get({ pk: "partner#org-1", sk: "calls" }))?.at).toHaveLength(30);
});
