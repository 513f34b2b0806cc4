import { expect, it } from "vitest";
import { admitExports } from "#functions/admit-exports/admit-exports";
import { isOver } from "#shared/exports/usage-export";
import { fleetOf, named, waiting } from "#test/builders/fleet";
import { owedTasks } from "#test/builders/table";
import { minutesAfter } from "#test/builders/time";
import { anExportRow } from "#test/builders/usage-export";

const admitting = (fleet: Awaited<ReturnType<typeof fleetOf>>) =>
  admitExports({ ...fleet, probeDue: async () => undefined, linesPerSecond: 95 });
const inTime = { remainingMs: () => 60_000 };

it("wakes one worker, for who has waited longest, and leaves the others to it", async () => {
  const fleet = await fleetOf(...named(23).map((id, index) => waiting(id, 60 - index)));

  expect(await admitting(fleet)(inTime)).toEqual({ admitted: 1, resumed: 0, closed: 0, waiting: 22 });
  expect(owedTasks(fleet.table)).toMatchObject([{ kind: "export-usage", partnerId: "p-00" }]);
});

it("wakes another where nobody has heard of the first, or a worker has taken nobody on for five seconds", async () => {
  const fleet = await fleetOf(waiting("p-00", 9), waiting("p-01", 8), waiting("p-02", 0), waiting("p-03", 0));
  await admitting(fleet)(inTime);
  expect(await admitting(fleet)(inTime)).toMatchObject({ admitted: 1 });

  // a worker has both by now, and the others have just fallen due
  for (const id of ["p-00", "p-01"]) {
    const { lease } = await fleet.runOf(id);
    expect(lease).toBeNull();
  }
  fleet.pass(3_000);
  await fleet.take("worker");
  await fleet.take("worker");
  expect(await admitting(fleet)(inTime)).toMatchObject({ admitted: 0, waiting: 2 });
  fleet.pass(5_000);
  expect(await admitting(fleet)(inTime)).toMatchObject({ admitted: 1, waiting: 1 });
});

it("wakes one at once where the runs that it knows of are over", async () => {
  const fleet = await fleetOf(waiting("p-00", 9), waiting("p-01", 0));
  await fleet.take("worker");
  await fleet.change("p-00", { state: "finished" });

  expect(await admitting(fleet)(inTime)).toMatchObject({ admitted: 1 });
  expect(await fleet.runOf("p-01")).toMatchObject({ state: "planned" });
});

it("gives the place of a run that does not get anywhere to another in the same minute", async () => {
  const fleet = await fleetOf(...named(21).map((id, index) => waiting(id, 60 - index)));
  await fleet.admitAll();
  fleet.pass(60_000);
  await fleet.change("p-03", { progressAt: minutesAfter(-50), stalls: 2 });

  expect(await admitting(fleet)(inTime)).toMatchObject({ admitted: 1, closed: 1 });

  expect(isOver(await fleet.runOf("p-20"))).toBe(false);
});

it("goes on with everybody else where one run cannot be looked after, and fails then, so that it is noticed", async () => {
  const fleet = await fleetOf(waiting("p", 5));
  await fleet.table.put({ ...anExportRow({ partnerId: "broken", id: "run" }), totals: "?" });
  fleet.pass(6 * 60_000);

  await expect(admitting(fleet)(inTime)).rejects.toThrow();

  expect(await fleet.runOf("p")).toMatchObject({ state: "planned" });
});
