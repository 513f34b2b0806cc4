import { expect, it } from "vitest";
import { recentSuccesses } from "#shared/breakers/state/recent-successes";
import { printedBy } from "#test/builders/stdout";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { virtualClock } from "#test/fakes/virtual-clock";

const aProcess = () => {
  const table = inMemoryTable();
  const clock = virtualClock();
  const counted = { writes: 0 };
  const counting: typeof table = {
    ...table,
    put: (...write) => {
      counted.writes += 1;
      return table.put(...write);
    },
  };
  return { table, clock, counted, successes: recentSuccesses(counting, clock) };
};

it("names the second of two partners at once: it is the first one's only witness", async () => {
  const { clock, successes } = aProcess();
  await successes.note("org-1", clock.now());
  await successes.note("org-2", clock.now() + 1);
  expect(await successes.list()).toEqual(["org-2", "org-1"]);
});

it("writes once a minute, however many partners there are", async () => {
  const { clock, counted, successes } = aProcess();
  for (let call = 0; call < 500; call += 1) await successes.note(`org-${call % 50}`, clock.now() + call);
  expect(counted.writes).toBeLessThanOrEqual(8);
  await clock.settle(clock.sleep(60_000));
  for (let call = 0; call < 500; call += 1) await successes.note(`org-${call % 50}`, clock.now() + call);
  expect(counted.writes).toBeLessThanOrEqual(9);
});

it.each([
  ["its partners", { version: 7, partners: "canary" }],
  ["its version", { version: "canary", partners: [] }],
])("makes a row anew of which %s cannot be read: it is a hint, and must keep no breaker open", async (_, faulty) => {
  const { table, clock, successes } = aProcess();
  await table.put({ pk: "breaker#recent-successes", sk: "recent-successes", ...(faulty as { version: number }) });

  const printed = await printedBy(async () => {
    await expect(successes.list()).resolves.toEqual([]);
    await successes.note("org-1", clock.now());
  });

  expect(await successes.list()).toEqual(["org-1"]);
  expect(printed).toContain('"ERROR"');
  expect(printed).not.toContain("canary");
});
