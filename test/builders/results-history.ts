import { putNotifications } from "#functions/put-notifications/put-notifications";
import { putPartner } from "#functions/put-partner/put-partner";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { AppError, InfrastructureFault } from "#shared/errors";
import type { StopReason } from "#shared/exports/usage-export";
import { bounces } from "./bounces.ts";
import { activeWorld } from "./connected-world.ts";
import { type Lines, owed, type Run } from "./owed-result.ts";
import { seededRandom } from "./seeded-random.ts";

const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

const faults = [
  new AppError("unavailable", "mail.unavailable", "not now"),
  new InfrastructureFault("not verified"),
  new Error("the worker dies"),
];

/** Some of a partner's lines, each with what becomes of it on a day. `isSteady`: the same on each. */
const someFates = (random: () => number, isSteady: boolean): Map<string, (day: number) => Lines[string]> => {
  const below = (limit: number): number => Math.floor(random() * limit);
  const count = random() < 0.2 ? 13 : 2 + below(4);
  const fateOf = () => {
    const failing = random() < 0.5 ? "rejected" : "deferred";
    const [from, days, kind] = [below(40), 1 + below(70), below(isSteady ? 2 : 4)];
    const fails = (day: number): boolean =>
      [count > 10, true, day >= from && day < from + days, random() < 0.5][kind] ?? false;
    return (day: number) => (fails(day) ? failing : "accepted");
  };
  return new Map(Array.from({ length: count }, (_, place) => [`line${place}`, fateOf()]));
};

/**
 * Sixty days of a partner's runs and of what its owner reads of them, and three more in which nothing happens and every
 * mail can go out. `shut`: moments at which none could.
 */
export const playResults = async (seed: number, isSteady: boolean) => {
  const random = seededRandom(seed);
  const chance = (share: number): boolean => random() < share;
  const ids = seededRandom(seed + 1_000);
  const built = await activeWorld(["a"]);
  const world = { ...built, common: { ...built.common, newId: () => `${ids()}-0-0-0-0` as const } };
  const { partnerId, common, clock, mailer, by } = world;
  await putNotifications(common)({ partnerId, notifications: { recipients: [], onSuccess: chance(0.5) }, by });
  await world.work();
  // how long the first run took is not the same each time
  await world.pass(hourMs - (clock.now() % hourMs));
  const start = clock.now();
  const fates = someFates(random, isSteady);
  const names = [...fates.keys()];
  const ended: { at: number; isToldWhole: boolean; lines: Lines }[] = [];
  const read: { at: number; to: string; text: string; isAllWell: boolean }[] = [];
  const shut: number[] = [];
  let last: Lines = {};
  const isNothingLeft = (): boolean => Object.values(last).every((outcome) => outcome === "accepted");

  const now = { fault: undefined as Error | undefined, isBad: false, isRefused: false, address: 0, connection: 1 };
  const back: string[] = [];
  const { send } = mailer;
  mailer.send = async (mail) => {
    if (now.fault) throw now.fault;
    if (now.isBad && now.isRefused) throw new AppError("upstream", "mail.refused", "no");
    if (now.isBad) back.push(mail.reference);
    else if (/^run-\d/.test(mail.reference))
      read.push({ at: clock.now(), to: mail.to.email, text: mail.text, isAllWell: isNothingLeft() });
    return send(mail);
  };
  const watch = watchMails({ ...common, tokenPolicyDays: 180 });
  const workOff = async (): Promise<void> => {
    // a message that its worker could not handle is lost
    while (!(await world.work().then(Boolean, () => false)));
    for (const id of back.splice(0)) await bounces(world, id);
  };
  const mend = async () => {
    Object.assign(now, { isBad: false, address: now.address + 1 });
    const owner = { name: "Olga", email: `olga-${now.address}@example.com` };
    await putPartner(common)({ id: partnerId, profile: { name: "Example MSP", owner, timeZone: "UTC" } });
  };

  const run = async (kind: Run[0], some: string[] | null, stop?: StopReason) => {
    const cut = stop && some ? Math.floor(random() * some.length) : names.length;
    const day = (clock.now() - start) / dayMs;
    const fated = some?.map((name, place) => [name, (place < cut && fates.get(name)?.(day)) || "deferred"] as const);
    const lines: Lines | null = fated ? Object.fromEntries(fated) : null;
    last = { ...last, ...lines };
    const id = `run-${ended.length}`;
    ended.push({
      at: clock.now(),
      isToldWhole: kind === "all" && some !== null && stop !== "cancelled",
      lines: lines ?? {},
    });
    await owed(world, id, stop ? [kind, lines, stop] : [kind, lines], `connection-${now.connection}`);
  };
  const pick = <T>(...list: T[]): T => list[Math.floor(random() * list.length)] as T;
  const [everyMs, retries, others] = [pick(1, 3, 7, 26) * dayMs, pick(0, 0.1, 0.6), isSteady ? 0 : pick(0, 0.05, 0.2)];
  for (let nextAll = start; clock.now() < start + 60 * dayMs; ) {
    const isShort = chance(now.fault ? 0.5 : 0.2);
    await world.pass(isShort ? pick(3, 10, 17) * minuteMs : 4 * hourMs + Math.floor(random() * hourMs));
    const isDue = clock.now() >= nextAll;
    if (now.fault) now.fault = chance(0.5) ? undefined : now.fault;
    else if (chance(isDue ? 0.1 : 0.02)) now.fault = pick(...faults);
    if (now.isBad && chance(0.1)) await mend();
    else if (!isSteady && chance(0.005)) Object.assign(now, { isBad: true, isRefused: chance(0.3) });
    if (now.fault || now.isBad) shut.push(clock.now());
    if (!isSteady && chance(0.002)) now.connection += 1;
    const left = names.filter((name) => last[name] === "deferred");
    const some = names.filter(() => chance(0.4));
    if (isDue) nextAll += everyMs;
    if (isDue) await run("all", names, !isSteady && chance(0.1) ? pick("cancelled", "gradient-down") : undefined);
    else if (left.length > 0 && chance(retries)) await run("retry", left);
    else if (some.length > 0 && chance(others)) await run(pick("narrowed", "repeat"), some);
    else if (chance(others / 5)) await run("all", null);
    if (chance(0.5)) await watch({ remainingMs: () => minuteMs });
    await workOff();
  }
  const end = clock.now();
  now.fault = undefined;
  await mend();
  while (clock.now() < end + 3 * dayMs) {
    await workOff();
    await world.pass(4 * hourMs);
    await watch({ remainingMs: () => minuteMs });
  }
  await workOff();
  return { world, names, ended, read, shut, end };
};
