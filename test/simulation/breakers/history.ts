import { type Breaker, iso, partnerBreaker } from "#shared/breakers/state/breaker";
import { recentSuccesses } from "#shared/breakers/state/recent-successes";
import { processes } from "#test/simulation/world/processes";
import { type Random, seededRandom } from "#test/simulation/world/random";
import { timeline } from "#test/simulation/world/timeline";
import { crew, type Member } from "./crew.ts";
import { connectionOf, fleet, isFit, type Tenant } from "./fleet.ts";
import { type Happenings, happenings } from "./happenings.ts";
import { rules } from "./rules.ts";
import { weatherOf } from "./weather.ts";

export interface Outcome {
  seed: number;
  faults: string[];
}

const start = Date.parse("2026-11-22T10:00:00.000Z");
const minuteMs = 60_000;
const troubledMs = 45 * minuteMs;
const noTrace = () => undefined;

type Happening = Exclude<keyof Happenings, "hasten" | "end">;
const troubles: [Happening, ...Happening[]] = [
  ...(["revokedKey", "revokedKey", "vendorKeyRefused", "wrongVendorKeyStored", "vendorKeyRenewed"] as const),
  ...(["forbidsOne", "forbidsOne", "forbidsAll", "isDown", "countsRefused", "tokenReplaced", "pauses"] as const),
  ...(["disconnects", "operatorCloses"] as const),
];
const happeningsOf = (random: Random, isFair: boolean): Happening[] => {
  // what these do is only certain while nothing else goes wrong
  if (isFair && random.chance(0.3)) return [random.pick(["revokedKey", "hiccup"])];
  return Array.from({ length: 1 + random.below(4) }, () => random.pick(troubles));
};

/** One history of a few partners, some processes and a Gradient that has bad days, in virtual time. */
export const play = async (seed: number, tell?: (line: string) => void): Promise<Outcome> => {
  const random = seededRandom(seed);
  const line = timeline(start);
  const trace = tell ? (text: () => string) => tell(`${iso(line.now()).slice(11, 23)} ${text()}`) : noTrace;
  const world = fleet(random.pick([1, 2, 3, 3, 4, 4, 5, 6]));
  const { table, tenants } = world;
  world.looksFirst = random.chance(0.5);
  const weather = weatherOf(random, random.chance(0.5));
  const watch = rules(world, line.now, weather.isFair);
  const running = processes({ line, random, faults: weather, trace });
  const happen = happenings({ line, random, world, trace });
  const hastens = random.pick([0, 0, 0.2]);
  const onAsked = () => {
    if (random.chance(hastens)) happen.hasten();
  };
  const members = crew({ line, running, world, watch, onAsked });
  const kinds = happeningsOf(random, weather.isFair);

  const openRows = () =>
    [...table.rows.values()].filter(({ sk, trouble }) => sk === "breaker" && trouble !== null) as unknown as Breaker[];
  const isCertain = weather.isFair && kinds.length === 1 && kinds[0] === "revokedKey" && tenants.length > 1;
  /** Where nothing else goes wrong, a key that is gone is noticed at once. */
  const expectSuspension = ({ id, goodToken }: Tenant, token: string) => {
    if (!isCertain || goodToken !== null) return;
    const check = () => {
      const { state, token: now } = world.integrationOf(id);
      if (state !== "suspended" && now?.versionId === token) watch.fault(`${id} is not suspended within a minute`);
    };
    line.at(line.now() + minuteMs, check, false);
  };

  /** Some counts of one partner, as a run would send them. */
  const send = async ({ clock, vendorKey, call, guard }: Member, tenant: Tenant, calls: number) => {
    const { id } = tenant;
    const { state, token, gradient } = world.integrationOf(id);
    if (state !== "active" || token === null) return;
    if ((await guard.obstacle(id, token.versionId)) !== null) return;
    const { key, version } = await vendorKey.current();
    watch.onCount(id, token.versionId);
    const { answer, sentAt } = await call(id, token.versionId, key, "count");
    const outcome = answer === "taken" ? answer : answer === "unanswered" ? "failed" : "answered";
    await Promise.all(Array.from({ length: calls }, () => guard.note({ partnerId: id, outcome, at: sentAt })));
    const about = { partnerId: id, tokenVersionId: token.versionId, connectionId: gradient?.integrationId ?? "" };
    const refusal = { ...about, vendorKeyVersion: version, sentAt };
    if (answer === "forbidden") await guard.reportForbidden(refusal);
    if (answer !== "token-rejected") return;
    expectSuspension(tenant, token.versionId);
    let alive = clock.now();
    await guard.confirmRejection(refusal, async () => {
      if (clock.now() > alive + 10_000 && weather.isFair) watch.fault(`the lease of ${id} runs out`);
      alive = clock.now();
    });
  };
  /** What a step throws has been seen by then. */
  const attempt = (work: Promise<unknown>) => void work.catch((error: unknown) => trace(() => `threw ${error}`));
  const burst = (name: string, some: Tenant[]) => {
    const one = members.named(name);
    for (const tenant of some) attempt(send(one, tenant, 8));
  };
  /** A person pastes a wrong token; it must make no difference even where somebody reports it. */
  const typeWrongToken = ({ id }: Tenant) => {
    const { guard } = members.named("worker-1");
    const about = { partnerId: id, tokenVersionId: "typed", connectionId: connectionOf(id) };
    const refusal = { ...about, vendorKeyVersion: world.storedKey, sentAt: line.now() };
    attempt(guard.confirmRejection(refusal, async () => undefined));
  };

  const job = (name: string) => {
    const { clock, guard } = members.named(name);
    const endsAt = line.now() + 50_000;
    const release = async ({ partnerId, closedAt }: { partnerId: string | null; closedAt: string }) =>
      watch.onReleased(partnerId === null ? "vendor" : partnerBreaker(partnerId), closedAt);
    attempt(guard.probeDue({ until: () => clock.now() >= endsAt, release }));
  };
  /** When the job has something to do; null for nothing. */
  const dueAt = (): number | null => {
    const vendor = world.breaker("vendor");
    if (vendor?.trouble === "vendor-key" && vendor.keyVersion !== world.storedKey) return line.now();
    const times = [...table.rows.values()].flatMap((row) => (row.sk === "breaker" ? (row.dueAt ?? []) : []));
    return times.length === 0 ? null : Math.min(...times.map((time) => Date.parse(String(time))));
  };
  /** The job of a minute, where it has something to do: the others would tell nothing. */
  const tick = () => {
    const at = dueAt();
    if (at === null || at >= line.now() + minuteMs) return;
    job("job-1");
    if (random.chance(0.1)) job("job-2");
  };
  const rest = async (ms: number) => {
    const end = line.now() + ms;
    let next: number | null = line.now();
    while (next !== null && next < end) {
      line.at(next, tick, true);
      await line.run(next + minuteMs - 1);
      const at = dueAt();
      // a minute in which nothing is due tells nothing either
      next = at === null ? null : Math.max(next + minuteMs, at - (at % minuteMs));
    }
  };
  const someone = () => tenants.filter(() => random.chance(0.6));

  for (let at = 0; at < troubledMs; at += minuteMs) line.at(start + at + 500, tick, true);
  // everybody's token was taken some time before
  const successes = recentSuccesses(table, { now: line.now });
  for (const { id } of tenants) await successes.noteAtOnce(id);
  for (const [index, kind] of kinds.entries()) {
    const at = start + (1 + 8 * index + random.between(0, 8)) * minuteMs;
    line.at(at, happen[kind], false);
    const names: [string, ...string[]] = ["worker-1", "worker-2", "sync"];
    for (const spread of [3_000, 60_000, 500_000]) {
      line.at(at + random.between(0, spread), () => burst(random.pick(names), someone()), true);
    }
    if (random.chance(0.1)) line.at(at, () => tenants.slice(0, 3).forEach(typeWrongToken), true);
  }
  await line.run(start + troubledMs);

  weather.clear();
  happen.end();
  trace(() => "everything is well again");
  // what was asked before has been written by then, by whoever was held up longest
  await line.run(line.now() + 4 * minuteMs);
  if (tenants.some((tenant) => isFit(world, tenant, line.now()))) {
    const ends = openRows().map(({ probeAt }) => Date.parse(probeAt ?? ""));
    // whoever's own token is bad may cost a turn, and so may a prober that has died
    const turns = tenants.filter((tenant) => !isFit(world, tenant, line.now())).length + (weather.isFair ? 0 : 1);
    await rest(Math.max(line.now(), ...ends) - line.now() + turns * 5 * minuteMs + 3 * minuteMs);
    for (const { key, trouble } of openRows()) watch.fault(`${key} does not close: ${trouble}`);
    burst("worker-1", tenants);
    await rest(20 * minuteMs);
    for (const { id, goodToken } of tenants) {
      const { state, token } = world.integrationOf(id);
      if (state === "active" && token?.versionId !== goodToken) watch.fault(`${id} is still not suspended`);
    }
    for (const { key } of openRows()) watch.fault(`${key} is open again`);
    watch.atEnd();
  }
  return { seed, faults: watch.faults };
};
