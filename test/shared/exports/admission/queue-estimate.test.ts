import { expect, it } from "vitest";
import { countQueue, readQueueEstimate } from "#shared/exports/admission/queue-estimate";
import { fleetOf, named, waiting } from "#test/builders/fleet";
import { printedBy } from "#test/builders/stdout";

const unreadable = { pk: "admission", sk: "estimate", at: 5, version: 3 };
const count = ({ table, now }: Awaited<ReturnType<typeof fleetOf>>) =>
  countQueue({ table, now, linesPerSecond: 95 })({ hasTime: () => true });

it("that cannot be read is none for whoever only shows it, and alarms", async () => {
  const fleet = await fleetOf();
  await fleet.table.put(unreadable);

  const printed = await printedBy(async () => expect(await readQueueEstimate(fleet.table)).toBeUndefined());

  expect(JSON.parse(printed)).toMatchObject({ level: "ERROR" });
});

it("that cannot be read is replaced by the next count", async () => {
  for (const fleet of [await fleetOf(...named(3).map((id) => waiting(id, 9))), await fleetOf()]) {
    await fleet.table.put(unreadable);

    await printedBy(async () => void (await count(fleet)));

    expect(await readQueueEstimate(fleet.table)).toMatchObject({ linesPerSecond: 95 });
  }
});
