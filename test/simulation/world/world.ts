import { breakerRowKey, partnerBreaker, vendorBreaker } from "#shared/breakers/state/breaker";
import { AppError, UnreadableRecord } from "#shared/errors";
import type { Mail } from "#shared/mail/mailer";
import { type OutboxRow, outboxRow } from "#shared/outbox/outbox";
import type { Item, Key, Write } from "#shared/table/table";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { callsPerSecond } from "#test/fakes/rate";
import { gradientVendor } from "../gradient/vendor.ts";
import { watchCounts } from "../gradient/watch.ts";
import { whereabouts } from "../gradient/whereabouts.ts";
import { badDaysOf } from "../history/bad-days.ts";
import type { History } from "../history/history.ts";
import { partnerIdOf, placeOf, rowsOf, secretNameOf } from "../history/rows.ts";
import { cloudOf, type Spawn } from "./cloud.ts";
import { type Job, jobs, minuteJobs } from "./jobs.ts";
import { duePlaces, laggingIndex } from "./lagging-index.ts";
import { portsOf } from "./ports.ts";
import { type Process, processes, type Trace } from "./processes.ts";
import { queuesOf } from "./queues.ts";
import { seededRandom } from "./random.ts";
import { rateWatch } from "./rate-watch.ts";
import { listedRuns } from "./running-exports.ts";
import { secretStore } from "./secrets.ts";
import { timeline } from "./timeline.ts";
import { unreadableRows } from "./unreadable-rows.ts";
import { changingWeather, type Weather } from "./weather.ts";
import { wireOf } from "./wire.ts";

/** Told of each row that was written, with what was there before; undefined where nothing was, or is any more. */
export type Observer = (change: { before: Item | undefined; after: Item | undefined; by: Process }) => void;

export interface WorldOptions {
  trace?: ((text: string) => void) | undefined;
  /** Instead of what the history says. */
  weather?: Weather;
  /** Another table to begin with than the history's partners give. */
  amendRows?: (rows: Item[]) => Item[];
}

/** The failures that may happen to a process; any other is a fault of the service. */
const isForeseen = (error: unknown): boolean =>
  error instanceof AppError ||
  error instanceof UnreadableRecord ||
  (error instanceof AggregateError && error.errors.every(isForeseen));

const jobOfKind: Record<string, Job> = {
  wanted: "admit",
  repeats: "admit",
  "running-export": "admit",
  "breaker-probe": "admit",
  "breaker-release": "admit",
  look: "watch",
  mail: "mails",
  reminders: "mails",
};
const kindsOf = Object.fromEntries(
  jobs.map((job) => [job, Object.keys(jobOfKind).filter((kind) => jobOfKind[kind] === job)]),
) as Record<Job, string[]>;
const keyOf = (write: Write): Key => ("put" in write ? write.put : "delete" in write ? write.delete : write.check);
const name = ({ pk, sk }: Key) => `${pk}\u0000${sk}`;

/**
 * The service as it runs in the cloud, on one machine and a virtual clock: functions, queues, stream, table, Gradient.
 */
export const worldOf = (
  history: History,
  { trace: tell, weather: given, amendRows = (rows) => rows }: WorldOptions = {},
) => {
  const { seed, startsAt, spells } = history;
  const random = seededRandom(seed);
  const line = timeline(startsAt);
  const accusations: string[] = [];
  const trace: Trace = (text) => tell?.(`${((line.now() - startsAt) / 1000).toFixed(3).padStart(11)} ${text()}`);
  const accuse = (rule: string, text: string) => {
    trace(() => `!! ${rule}: ${text}`);
    accusations.push(`${rule}: ${text}`);
  };
  const isRough = (): boolean => {
    const at = line.now() - startsAt;
    return spells.some(({ from, until }) => at >= from && at < until);
  };
  const weather = given ?? changingWeather(history.rates, isRough);
  const running = processes({ line, random: random.fork("processes"), faults: weather, trace });
  const badDays = badDaysOf({
    badDays: history.badDays,
    startsAt,
    now: line.now,
    placeOf,
    random: random.fork("bad days"),
  });
  /** Since when a partner's record has forbidden to send anything. */
  const closedSince = new Map<string, number>();
  const watch = watchCounts({
    now: line.now,
    accuse,
    closedSince: (id) => closedSince.get(partnerIdOf(placeOf(id))) ?? null,
  });
  const vendor = gradientVendor({
    now: line.now,
    tellsMapping: history.tellsMapping,
    troubles: badDays.troubles,
    vendorKey: badDays.ourKeyInGradient,
    onLanded: watch.landed,
  });
  const { organizations, move } = whereabouts(vendor, history.partners.length);
  const firstKey = (place: number) => {
    const key = organizations[place]?.current().key;
    if (!key) throw new Error(`There is no partner ${place}`);
    return key;
  };
  const table = inMemoryTable(amendRows(rowsOf(history, firstKey)));
  const secrets = secretStore();
  for (const place of organizations.keys()) secrets.store(secretNameOf(place), firstKey(place));

  const unreadable = unreadableRows({ badDays: history.badDays, startsAt, now: line.now });
  const index = laggingIndex(line.now);
  const mails: Mail[] = [];
  const observers: Observer[] = [];
  /** Until when something happens by the history, and dates are waited for. */
  const script = { endsAt: startsAt + history.lengthMs };
  /** What people are still to do. */
  const pending = { acts: 0 };
  const later = (ms: number, act: () => void): void => {
    pending.acts += 1;
    const happen = () => {
      pending.acts -= 1;
      act();
    };
    line.at(line.now() + ms, happen, true);
  };
  const apply = (given: Write[], by: Process): void => {
    const before = given.map((write) => table.rows.get(name(keyOf(write))));
    const writes = given.map((write, at) =>
      "put" in write ? { ...write, put: unreadable.mended(write.put, before[at]) } : write,
    );
    table.apply(writes);
    for (const [at, write] of writes.entries()) {
      if ("check" in write) continue;
      const after = "put" in write ? write.put : undefined;
      const was = before[at];
      const places = duePlaces(after);
      index.note(keyOf(write), duePlaces(was), places);
      for (const { kind, at: dueAt } of places) bookFor(kind, Date.parse(dueAt));
      for (const observe of observers) observe({ before: was, after, by });
    }
  };
  const rate = rateWatch(callsPerSecond, accuse);
  const onTheWay = { calls: 0 };
  /** A partner's breaker is about one token, and another one has nothing to do with it. */
  const isInTheWay = ({ trouble, tokenVersionId }: Item, token: string): boolean => {
    const about = typeof tokenVersionId === "string" ? secrets.ofVersion(tokenVersionId) : undefined;
    return trouble !== null && (about === undefined || about === token);
  };
  const decidedAt = (organizationId: string, token: string): number | null => {
    const keys = [vendorBreaker, partnerBreaker(partnerIdOf(placeOf(organizationId)))];
    const rows = keys.flatMap((key) => table.rows.get(name(breakerRowKey(key))) ?? []);
    if (rows.some((row) => isInTheWay(row, token))) return null;
    return Math.max(0, ...rows.map(({ changedAt }) => Date.parse(String(changedAt))));
  };
  const wire = wireOf({ line, weather, running, vendor, watch, rate, trace, onTheWay, decidedAt });
  const ports = portsOf({
    asRead: unreadable.read,
    line,
    running,
    table,
    index,
    secrets,
    ourKey: () => ({ key: badDays.ourKeyInSecret(), version: badDays.ourKeyInSecret() }),
    wire,
    callsPerSecond,
    apply,
    enqueue: (task) => queues.add(task),
    deliverMail: (mail) => {
      if (badDays.isMailDown()) throw new AppError("unavailable", "mail.unavailable", "down");
      mails.push(mail);
      return { messageId: `mail-${mails.length}` };
    },
  });

  const skews = random.fork("skews");
  const spawn: Spawn = (what, main, { lifeMs = 30_000, onEnd } = {}) => {
    running.spawn({
      what,
      skewMs: history.skews ? Math.round(skews.between(-2_000, 2_000)) : 0,
      lifeMs,
      main: (process) => main(ports(process), process),
      onEnd: (end) => {
        if (end.kind === "threw" && !isForeseen(end.error)) accuse("crash", `${what} threw ${end.error}`);
        onEnd?.(end);
      },
    });
  };
  const cloud = cloudOf({
    spawn,
    now: line.now,
    random: random.fork("cloud"),
    isRough,
    callsPerSecond,
    changes: index.changes,
  });
  const queues = queuesOf({ line, random: random.fork("queues"), isRough, deliver: cloud.deliver });

  const owed = new Set<string>();
  const listed = listedRuns();
  const missingServices = new Set<string>();
  const lateness = random.fork("jobs");
  const { book } = minuteJobs({
    line,
    run: cloud.run,
    hasWork: (job) => {
      if (job === "sweep") return owed.size > 0;
      if (job === "catalogue") return missingServices.size > 0;
      if (job === "admit" && listed.areDue(line.now())) return true;
      const until = new Date(line.now()).toISOString();
      return kindsOf[job].some((kind) => index.isAnyDue(kind, until));
    },
    delayMs: () => lateness.pick([0, 200, 1_500]),
    isIdleRun: () => lateness.chance(0.05),
  });
  const bookFor = (kind: string, dueAt: number): void => {
    const job = jobOfKind[kind];
    if (job) book(job, dueAt);
    else accuse("index", `nothing looks for ${kind}`);
  };

  const noteRun = (row: Item): void => {
    const lookAfter = listed.note(row);
    if (lookAfter !== undefined) book("admit", lookAfter);
  };
  const noteService = ({ sk, gradientServiceId }: Item): void => {
    if (!sk.startsWith("service#")) return;
    missingServices.delete(sk);
    if (gradientServiceId !== null) return;
    missingServices.add(sk);
    book("catalogue", line.now());
  };

  observers.push(({ after }) => {
    if (after?.sk !== "integration") return;
    const id = partnerIdOf(placeOf(after.pk));
    // zeros go out after a disconnect, until they are over
    const isClosed = after.state === "suspended" || (after.state === "disconnected" && after.closing === null);
    if (!isClosed) closedSince.delete(id);
    else if (!closedSince.has(id)) closedSince.set(id, line.now());
  });
  // the stream finds what is owed at once or, when that fails, the sweep does
  const stream = random.fork("stream");
  const relayed = (row: OutboxRow) => line.at(line.now() + stream.between(50, 1_500), () => cloud.relay(row), true);
  observers.push(({ before, after }) => {
    if (after?.pk.startsWith("outbox#")) {
      owed.add(after.sk);
      const row = outboxRow.parse(after);
      if (!isRough() || stream.chance(0.85)) relayed(row);
      book("sweep", line.now() + 61_000);
    } else if (after === undefined && before?.pk.startsWith("outbox#")) owed.delete(before.sk);
    if (after) noteService(after);
    if (after) noteRun(after);
  });
  for (const row of table.rows.values()) {
    noteService(row);
    noteRun(row);
    index.note(row, [], duePlaces(row));
    for (const { kind, at } of duePlaces(row)) bookFor(kind, Date.parse(at));
  }
  return {
    history,
    line,
    random,
    table,
    index,
    vendor,
    organizations,
    move,
    secrets,
    badDays,
    running,
    queues,
    watch,
    rate,
    mails,
    observers,
    pending,
    onTheWay,
    script,
    later,
    closedSince,
    accusations,
    accuse,
    trace,
    isRough,
    ports,
    spawn,
    apply,
    book,
  };
};

export type World = ReturnType<typeof worldOf>;
