import { putNotifications } from "#functions/put-notifications/put-notifications";
import { watchMails } from "#functions/watch-mails/watch-mails";
import type { ServiceWorld } from "#test/fakes/service-world";
import { activeWorld } from "./connected-world.ts";
import { type Lines, owed, type Run } from "./owed-result.ts";

export const dayMs = 24 * 60 * 60_000;

/** A partner that sends, whose owner has been told nothing. */
export const quietWorld = async (onSuccess = false) => {
  const world = await activeWorld(["a"]);
  await putNotifications(world.common)({
    partnerId: world.partnerId,
    notifications: { recipients: [], onSuccess },
    by: world.by,
  });
  await world.work();
  world.mailer.sent.length = 0;
  return world;
};

/** The runs come a day apart, so that no limit holds a mail back; which of them are told of, by their place. */
export const toldOf = async (world: ServiceWorld, runs: Run[]): Promise<number[]> => {
  for (const [place, run] of runs.entries()) {
    await owed(world, `run-${place}`, run);
    await world.work();
    await world.pass(dayMs);
  }
  return world.mailer.sent.map(({ reference }) => Number(reference.slice("run-".length)));
};

/** Its reader was told of both lines, a month ago. */
export const aMonthLater = async (world: ServiceWorld) => {
  await owed(world, "earlier", ["all", both]);
  await world.work();
  await world.pass(28 * dayMs);
  world.mailer.sent.length = 0;
  return world;
};

/** The day's mails are sent when these runs end; what is told of them on the next. */
export const toldAfter = async (world: ServiceWorld, last: Run[]): Promise<string[]> => {
  const runs: Run[] = [["all", refused], ["all", both], ["all", refused], ...last];
  for (const [place, run] of runs.entries()) {
    await owed(world, `run-${place}`, run);
    await world.work();
    await world.pass(1_000);
  }
  if (world.mailer.sent.length !== 3) throw new Error("The day has room for other mails");
  await world.pass(dayMs);
  await watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
  await world.work();
  const after = world.mailer.sent.slice(3).filter(({ reference }) => /^run-\d/.test(reference));
  return after.map(({ text }) => text);
};

export const refused: Lines = { a: "deferred" };
export const both: Lines = { a: "deferred", b: "rejected" };
export const each: Run[] = [
  ["all", both],
  ["retry", refused],
];
