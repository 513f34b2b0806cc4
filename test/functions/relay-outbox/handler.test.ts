import { describe, expect, it } from "vitest";
import { relayRow, sweepOutbox } from "#functions/relay-outbox/relay-outbox";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import { streamWorker } from "#shared/lambda/stream-worker";
import { outboxRow, owe, type Task } from "#shared/outbox/outbox";
import type { Item } from "#shared/table/table";
import { aLambdaContext } from "#test/builders/http-event";
import { printedBy } from "#test/builders/stdout";
import { aStreamEvent } from "#test/builders/stream-event";
import { aTableWith, owedTasks } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";

const aRow = (partnerId: string): Item => {
  const write = owe({ kind: "sync-accounts", partnerId, reason: "check" }, { id: `task-${partnerId}`, at: noon });
  if (!("put" in write)) throw new Error("A task is owed with a put.");
  return write.put;
};
const rows = ["a", "b", "c", "d"].map(aRow);
const partnerOf = (task: Task): string => ("partnerId" in task ? task.partnerId : "");

const aRelay = async (fails: (task: Task) => boolean = () => false) => {
  const table = await aTableWith(...rows);
  const sent: string[] = [];
  const queues = {
    send: async (task: Task) => {
      if (fails(task)) throw new Error("no queue");
      sent.push(partnerOf(task));
    },
  };
  const now = () => new Date(minutesAfter(5));
  return {
    table,
    sent,
    fromStream: streamWorker({ row: outboxRow, run: relayRow({ table, queues }) }),
    fromSchedule: scheduledJob(sweepOutbox({ table, queues, now })),
  };
};

describe("a batch of the stream", () => {
  it("is queued in its order", async () => {
    const { fromStream, sent, table } = await aRelay();

    expect(await fromStream(aStreamEvent(...rows), aLambdaContext())).toEqual({ batchItemFailures: [] });

    expect(sent).toEqual(["a", "b", "c", "d"]);
    expect(owedTasks(table)).toEqual([]);
  });

  it("comes again from the first row on that failed", async () => {
    const { fromStream, sent } = await aRelay((task) => partnerOf(task) === "b");
    let reply: unknown;

    await printedBy(async () => {
      reply = await fromStream(aStreamEvent(...rows), aLambdaContext());
    });

    expect(reply).toEqual({ batchItemFailures: [{ itemIdentifier: "sequence-2" }] });
    expect(sent).toEqual(["a"]);
  });

  it("goes on behind a row that nobody can read, which alarms with its key", async () => {
    const { fromStream, sent } = await aRelay();
    const unreadable = { ...aRow("b"), task: { kind: "canary" } };
    let reply: unknown;

    const printed = await printedBy(async () => {
      reply = await fromStream(aStreamEvent(aRow("a"), unreadable, aRow("c")), aLambdaContext());
    });

    expect(reply).toEqual({ batchItemFailures: [] });
    expect(sent).toEqual(["a", "c"]);
    const { pk, sk } = unreadable;
    expect(JSON.parse(printed)).toMatchObject({ level: "ERROR", pk, sk, faults: ["task.kind: invalid_union"] });
    expect(printed).not.toContain("canary");
  });

  it("has nothing to do with rows that were deleted or changed", async () => {
    const { fromStream, sent } = await aRelay();
    const event = aStreamEvent(...rows);
    for (const record of event.Records) record.eventName = "REMOVE";

    expect(await fromStream(event, aLambdaContext())).toEqual({ batchItemFailures: [] });
    expect(sent).toEqual([]);
  });
});

describe("the sweep", () => {
  it("reports how many rows the stream had missed", async () => {
    const { fromSchedule } = await aRelay();

    expect(await fromSchedule({}, aLambdaContext())).toEqual({ relayed: 4 });
    expect(await fromSchedule({}, aLambdaContext())).toEqual({ relayed: 0 });
  });

  it("fails where a row could not be queued, so that it is noticed", async () => {
    const { fromSchedule, sent } = await aRelay((task) => partnerOf(task) === "b");

    await printedBy(() => expect(fromSchedule({}, aLambdaContext())).rejects.toThrow("job failed"));

    expect(sent.sort()).toEqual(["a", "c", "d"]);
  });

  it("keeps a row that nobody can read, and tells of it each time", async () => {
    const { fromSchedule, table, sent } = await aRelay();
    const { pk, sk } = aRow("b");
    await table.put({ ...aRow("b"), task: { kind: "unheard-of" } });

    for (const turn of [1, 2]) {
      const printed = await printedBy(() => expect(fromSchedule({}, aLambdaContext())).rejects.toThrow("job failed"));
      expect(JSON.parse(printed), `turn ${turn}`).toMatchObject({ level: "ERROR", name: "UnreadableRecord", pk, sk });
    }

    expect(sent.sort()).toEqual(["a", "c", "d"]);
    expect(table.rows.size).toBe(1);
  });
});
