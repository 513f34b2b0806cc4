import { describe, expect, it } from "vitest";
import { relayRow, sweepOutbox } from "#functions/relay-outbox/relay-outbox";
import { AppError } from "#shared/errors";
import { outboxPks, outboxRow, owe, type Task } from "#shared/outbox/outbox";
import { owedTasks } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";
import { type InMemoryTable, inMemoryTable } from "#test/fakes/in-memory-table";

const aTask = (partnerId: string): Task => ({ kind: "sync-accounts", partnerId, reason: "check" });
const partnerOf = (task: Task): string => ("partnerId" in task ? task.partnerId : "");

const aTableOwing = async (tasks: Task[], at = noon) => {
  const table = inMemoryTable();
  await table.transact(tasks.map((task, index) => owe(task, { id: `task-${at}-${index}`, at })));
  return table;
};

const inMemoryQueues = () => {
  const sent: Task[] = [];
  return { sent, send: async (task: Task) => void sent.push(task) };
};

const rowsIn = (table: InMemoryTable) =>
  [...table.rows.values()].filter(({ pk }) => outboxPks.includes(pk)).map((row) => outboxRow.parse(row));

const sweepAt = (at: string, table: InMemoryTable, queues: { send: (task: Task) => Promise<void> }) =>
  sweepOutbox({ table, queues, now: () => new Date(at) })({ remainingMs: () => 30_000 });

describe("relaying one owed task", () => {
  it("queues it, then forgets it", async () => {
    const [table, queues] = [await aTableOwing([aTask("a")]), inMemoryQueues()];

    for (const row of rowsIn(table)) await relayRow({ table, queues })(row);

    expect(queues.sent).toEqual([aTask("a")]);
    expect(owedTasks(table)).toEqual([]);
  });

  it("keeps it when the queue does not answer", async () => {
    const table = await aTableOwing([aTask("a")]);
    const queues = {
      send: async () => {
        throw new AppError("unavailable", "queue.unavailable", "down");
      },
    };

    for (const row of rowsIn(table)) await expect(relayRow({ table, queues })(row)).rejects.toThrow("down");

    expect(owedTasks(table)).toEqual([aTask("a")]);
  });

  it("queues it a second time, and no third, when it dies between queueing and forgetting", async () => {
    const [table, queues] = [await aTableOwing([aTask("a")]), inMemoryQueues()];
    const dying = {
      ...table,
      delete: async () => {
        throw new Error("killed");
      },
    };
    const [row] = rowsIn(table);
    if (!row) throw new Error("nothing is owed");

    await expect(relayRow({ table: dying, queues })(row)).rejects.toThrow("killed");
    expect(owedTasks(table)).toEqual([aTask("a")]);
    await sweepAt(minutesAfter(2), table, queues);
    await sweepAt(minutesAfter(4), table, queues);

    expect(queues.sent).toEqual([aTask("a"), aTask("a")]);
    expect(owedTasks(table)).toEqual([]);
  });
});

describe("the sweep", () => {
  it("finds what the stream missed in every partition, whatever the number", async () => {
    const tasks = Array.from({ length: 2_000 }, (_, index) => aTask(`partner-${index}`));
    const table = inMemoryTable();
    for (const [index, task] of tasks.entries()) await table.transact([owe(task, { id: `task-${index}`, at: noon })]);
    const queues = inMemoryQueues();

    expect(await sweepAt(minutesAfter(2), table, queues)).toEqual({ relayed: 2_000 });

    expect(new Set(rowsIn(table))).toEqual(new Set());
    expect(new Set(queues.sent.map((task) => JSON.stringify(task))).size).toBe(2_000);
  });

  it("leaves to the stream what is not a minute old", async () => {
    const [table, queues] = [await aTableOwing([aTask("old")]), inMemoryQueues()];
    await table.transact([owe(aTask("new"), { id: "task-new", at: minutesAfter(1.5) })]);

    expect(await sweepAt(minutesAfter(2), table, queues)).toEqual({ relayed: 1 });

    expect(owedTasks(table)).toEqual([aTask("new")]);
  });

  it("lets a row that cannot be queued keep no other back, and says so", async () => {
    const [table, queues] = [await aTableOwing([aTask("a"), aTask("b"), aTask("c"), aTask("d")]), inMemoryQueues()];
    const refusing = {
      send: async (task: Task) => {
        if (partnerOf(task) === "b") throw new Error("no queue for b");
        await queues.send(task);
      },
    };
    const [row] = [...table.rows.values()];
    await table.put({ ...structuredClone(row), pk: "outbox#0", sk: "2020", version: 1, task: { kind: "unheard-of" } });

    await expect(sweepAt(minutesAfter(2), table, refusing)).rejects.toThrow();

    expect(queues.sent.map(partnerOf).sort()).toEqual(["a", "c", "d"]);
    expect(owedTasks(table)).toContainEqual(aTask("b"));
  });
});
