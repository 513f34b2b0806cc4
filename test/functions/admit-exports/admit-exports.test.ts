import { expect, it } from "vitest";
import { admitExports } from "#functions/admit-exports/admit-exports";
import { isOver } from "#shared/exports/usage-export";
import { fleetOf, named, waiting } from "#test/builders/fleet";
import { minutesAfter } from "#test/builders/time";
import { anExportRow } from "#test/builders/usage-export";

const admitting = (fleet: Awaited<ReturnType<typeof fleetOf>>) =>
  admitExports({ ...fleet, probeDue: async () => undefined, linesPerSecond: 95 });
const inTime = { remainingMs: () => 60_000 };

it("starts runs for as many as there are places", async () => {
  const fleet = await fleetOf(...named(23).map((id, index) => waiting(id, 60 - index)));

  expect(await admitting(fleet)(inTime)).toMatchObject({ admitted: 20, resumed: 0, closed: 0 });
  expect(await admitting(fleet)(inTime)).toEqual({ admitted: 0, resumed: 0, closed: 0, waiting: 3 });
});

it("gives the place of a run that does not get anywhere to another in the same minute", async () => {
  const fleet = await fleetOf(...named(21).map((id, index) => waiting(id, 60 - index)));
  await admitting(fleet)(inTime);
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
