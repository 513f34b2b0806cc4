import { cancelExport } from "#functions/cancel-export/cancel-export";
import { findExport, isOver } from "#shared/exports/usage-export";
import { isWanted } from "#shared/integrations/record/wants";
import { dieAfter } from "#test/fakes/interrupted-table";
import type { ServiceWorld } from "#test/fakes/service-world";
import { activeWorld, connectedWorld, pauseFor, runsOf, start } from "./connected-world.ts";

export type Act = (world: ServiceWorld) => Promise<unknown>;

const minuteMs = 60_000;
const customers = ["a", "b"];

const counted = (count: number) =>
  Object.fromEntries(
    customers.flatMap((id) => [
      [`${id}/dns`, count],
      [`${id}/sig`, count + 1],
    ]),
  );
const measure = async (world: ServiceWorld, count: number) => {
  for (const id of customers) await world.setUsage(id, { dns: count, sig: count + 1 });
};
/** A worker gets the message of the run that is under way, and so much time. */
const work = async (world: ServiceWorld, forMs: number) => {
  const { currentExportId, partnerId } = await world.integration();
  const run = await findExport(world.table, partnerId, currentExportId ?? "");
  if (!run) return;
  const { id: exportId, lane } = run;
  await world.exporter({ partnerId, exportId, lane }, { remainingMs: () => forMs });
};

/** What the service and people may do at any moment. */
export const acts = {
  "a tick": (world) => world.admit({ remainingMs: () => minuteMs }),
  "a worker": (world) => work(world, 300_000),
  "a worker that hands over": (world) => work(world, 1_000),
  "a cancellation": async (world) => {
    const { currentExportId, partnerId } = await world.integration();
    await cancelExport(world.common)({ partnerId, exportId: currentExportId ?? "", by: world.by });
  },
  "a new token": (world) =>
    world.register({ partnerId: world.partnerId, text: world.gradient.regenerateKey(world.tokenNow()), by: world.by }),
  "a pause": (world) => pauseFor(world, 4 * minuteMs),
  "a person's run": (world) => start(world, "changes"),
  "a person's full run": (world) => start(world, "full"),
  "a dry run": (world) => start(world, "dry-run"),
  "a measurement": (world) => measure(world, 30),
  "a look": (world) => world.sync({ partnerId: world.partnerId, reason: "watch" }),
} satisfies Record<string, Act>;
export type ActName = keyof typeof acts;
export const actNames = Object.keys(acts) as ActName[];

/** Where things may stand then: counts have changed since Gradient got them, and something is about to bring them. */
export const settings = {
  "when a run of a date is admitted": async (world) => {
    await world.pass(Date.parse("2026-11-23T02:00:30.000Z") - world.clock.now());
    await world.admit({ remainingMs: () => minuteMs });
  },
  "when the worker of a person's run has died": async (world) => {
    await start(world, "changes");
    // the lease, the plan, its chunk, the numbers that are about to be sent, and the slots for them
    const death = dieAfter(world.table, 6);
    await world.clock.settle(work(world, 300_000).catch(() => undefined));
    death.restore();
    await world.pass(85_000);
  },
  "when lines are owed": async (world) => {
    const lost = { answer: { kind: "in-doubt", reason: "503" } } as const;
    world.gradient.failNext("setUnitCount", lost, { times: 10, lands: true });
    await start(world, "changes");
    await world.work();
    await world.pass(80_000);
    await world.admit({ remainingMs: () => minuteMs });
  },
  "when a look tries the first counts": async (world) => {
    world.map(customers);
    await world.sync({ partnerId: world.partnerId, reason: "watch" });
  },
} satisfies Record<string, Act>;
export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];

export const worldIn = async (setting: SettingName) => {
  const isMapping = setting === "when a look tries the first counts";
  const world = await (isMapping ? connectedWorld(customers) : activeWorld(customers));
  await measure(world, 20);
  await settings[setting](world);
  return world;
};

/** What is not as it should be some minutes later, and after the next date; in words. */
export const wrongAfter = async (world: ServiceWorld, happened: readonly ActName[]): Promise<string[]> => {
  const wrong: string[] = [];
  const right = JSON.stringify(counted(happened.includes("a measurement") ? 30 : 20));
  const held = async () => JSON.stringify(Object.fromEntries(Object.entries(await world.counts()).toSorted()));
  await world.live(8);
  for (const run of await runsOf(world)) if (!isOver(run)) wrong.push(`run ${run.id} has not ended`);
  const { wants, currentExportId, state } = await world.integration();
  if (currentExportId !== null) wrong.push("the partner is not free");
  if (state !== "active") wrong.push(`the partner is ${state}`);
  if ([wants.all, wants.retry].some(isWanted)) wrong.push("something is still wanted");
  // what a person has stopped, and what was measured since, comes with the next date
  const mayWait = happened.includes("a cancellation") || happened.includes("a measurement");
  if (!mayWait && (await held()) !== right) wrong.push(`soon after, Gradient holds ${await held()}`);
  await world.pass(Date.parse("2026-11-24T02:00:30.000Z") - world.clock.now());
  await world.live(3);
  if ((await held()) !== right) wrong.push(`after the next date, Gradient holds ${await held()}`);
  return wrong;
};
