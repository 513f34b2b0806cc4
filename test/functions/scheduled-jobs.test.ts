import { describe, expect, it } from "vitest";
import { admitExports } from "#functions/admit-exports/admit-exports";
import { watchMappings } from "#functions/watch-mappings/watch-mappings";
import { noMapping } from "#shared/integrations/integration";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import type { Item } from "#shared/table/table";
import { aLambdaContext } from "#test/builders/http-event";
import { anIntegrationRow } from "#test/builders/integration";
import { printedBy } from "#test/builders/stdout";
import { aTableWith } from "#test/builders/table";
import { countingIds, minutesAfter, noon, now } from "#test/builders/time";
import { anExportRow } from "#test/builders/usage-export";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const event = {};
const inTime = aLambdaContext({ getRemainingTimeInMillis: () => 60_000 });
const deps = (table: InMemoryTable) => ({
  table,
  now,
  newId: countingIds(),
  random: () => 0.5,
  obstacleFor: async () => null,
  probeDue: async () => undefined,
  linesPerSecond: 95,
  callsPerSecond: 95,
});

interface Job {
  name: string;
  aJob: (table: InMemoryTable) => (event: unknown, context: ReturnType<typeof aLambdaContext>) => Promise<unknown>;
  due: Item;
  report: object;
  idle: object;
}
const jobs: Job[] = [
  {
    name: "watch-mappings",
    aJob: (table) => scheduledJob(watchMappings(deps(table))),
    due: anIntegrationRow({
      state: "awaiting-mapping",
      mapping: { ...noMapping, waitingSince: noon, nextCheckAt: noon },
    }),
    report: { looks: 1, ready: 0 },
    idle: { looks: 0, ready: 0 },
  },
  {
    name: "admit-exports, when usage is to be sent,",
    aJob: (table) => scheduledJob(admitExports(deps(table))),
    due: anIntegrationRow({ nextRunAt: noon }),
    report: { admitted: 1, resumed: 0, closed: 0, waiting: 0 },
    idle: { admitted: 0, resumed: 0, closed: 0, waiting: 0 },
  },
  {
    name: "admit-exports, when nobody goes on with a run,",
    aJob: (table) => scheduledJob(admitExports(deps(table))),
    due: anExportRow({ queuedAt: minutesAfter(-6) }),
    report: { admitted: 0, resumed: 1, closed: 0, waiting: 0 },
    idle: { admitted: 0, resumed: 0, closed: 0, waiting: 0 },
  },
];

describe.each(jobs)("the schedule of $name", ({ aJob, due, report, idle }) => {
  it("reports what was done, in one line", async () => {
    const job = aJob(await aTableWith(due));
    let reply: unknown;

    const printed = await printedBy(async () => {
      reply = await job(event, inTime);
    });

    expect(reply).toEqual(report);
    expect(printed.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(printed)).toMatchObject({ message: "job done", awsRequestId: "request-1", ...report });
  });

  it("has nothing left to do the second time", async () => {
    const job = aJob(await aTableWith(due));
    await printedBy(() => job(event, inTime));

    await printedBy(async () => expect(await job(event, inTime)).toEqual(idle));
  });

  it("begins nothing when its time is nearly up", async () => {
    const job = aJob(await aTableWith(due));

    await printedBy(async () =>
      expect(await job(event, aLambdaContext({ getRemainingTimeInMillis: () => 9_000 }))).toEqual(idle),
    );
  });

  it("fails when the table does not answer, so that it is tried again and noticed", async () => {
    const table = await aTableWith(due);
    const silent = {
      ...table,
      due: async () => {
        throw new Error("no table");
      },
    };

    await printedBy(() => expect(aJob(silent)(event, inTime)).rejects.toThrow("job failed"));
  });
});
