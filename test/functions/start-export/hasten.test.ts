import { expect, it } from "vitest";
import { hastened } from "#functions/start-export/hasten";
import { startExport } from "#functions/start-export/start-export";
import { AppError } from "#shared/errors";
import type { Task } from "#shared/outbox/outbox";
import { activeWorld, carry, connectedWorld, exportOf } from "#test/builders/connected-world";
import { owedTasks } from "#test/builders/table";
import type { ServiceWorld } from "#test/fakes/service-world";

const request = ({ partnerId, by }: ServiceWorld) => ({ partnerId, by, mode: "full" }) as const;
const queueOf = (sent: Task[], failure?: Error) => ({
  send: async (task: Task) => {
    sent.push(task);
    if (failure) throw failure;
  },
});

it("wakes a worker with the very task that is owed, once the run has begun", async () => {
  const world = await connectedWorld(["a"]);
  const sent: Task[] = [];
  const known: boolean[] = [];
  const queues = {
    send: async (task: Task) => {
      sent.push(task);
      known.push(owedTasks(world.table).some((owed) => JSON.stringify(owed) === JSON.stringify(task)));
    },
  };

  await hastened(startExport(world.common), queues)(request(world));

  expect(sent).toHaveLength(1);
  expect(known).toEqual([true]);
});

it("has the run carried once, though a worker is woken twice", async () => {
  const world = await activeWorld(["a"]);
  await world.setUsage("a", { dns: 4, sig: 0 });
  const sent: Task[] = [];
  const run = await hastened(startExport(world.common), queueOf(sent))(request(world));

  const ends = await world.clock.settle(Promise.all([...sent, ...sent].map(() => carry(world, run))));

  expect(ends.sort()).toEqual(["carried-elsewhere", "finished"]);
  expect(await exportOf(world, run)).toMatchObject({ outcome: "succeeded", totals: { lines: 2, accepted: 2 } });
  expect(world.gradient.countsReceived.filter(({ unitCount }) => unitCount === 4)).toHaveLength(1);
});

it.each([
  ["does not answer", new AppError("unavailable", "queue.unavailable", "The queue did not answer.")],
  ["refuses the call", new Error("AccessDenied")],
])("begins the run all the same where the queue %s: its owed message comes", async (_, failure) => {
  const world = await activeWorld(["a"]);
  await world.setUsage("a", { dns: 4, sig: 0 });

  const { id } = await hastened(startExport(world.common), queueOf([], failure))(request(world));
  await world.work();

  expect(await exportOf(world, { id })).toMatchObject({ outcome: "succeeded", totals: { accepted: 2 } });
});

it("wakes nobody where no run begins", async () => {
  const world = await connectedWorld(["a"]);
  const sent: Task[] = [];
  const start = hastened(startExport(world.common), queueOf(sent));
  await start(request(world));

  await expect(start(request(world))).rejects.toMatchObject({ code: "export.already-running" });

  expect(sent).toHaveLength(1);
});
