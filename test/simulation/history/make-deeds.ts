import type { Random } from "../world/random.ts";
import type { Deed, Happening, PartnerPlan } from "./history.ts";

interface Scene {
  from: number;
  spanMs: number;
}
interface Layout {
  partners: PartnerPlan[];
  services: number;
  /** Nobody waits for an hour. */
  isShort: boolean;
}

const dayMs = 24 * 3_600_000;
const minuteMs = 60_000;
const shortWaits = [0, 300, 5_000, 40_000] as const;

interface Place {
  partner: number;
  plan: PartnerPlan;
  services: number;
  isAlone: boolean;
}

const rareDeeds = (
  random: Random,
  { from, spanMs }: Scene,
  { partner, plan, services, isAlone }: Place,
): Happening[] => {
  const is = (probability: number) => random.chance(isAlone ? probability : probability / 2);
  const at = () => Math.round(from + random.next() * spanMs);
  const lasting = () => random.pick([20_000, 3 * minuteMs, 60 * minuteMs]);
  const aCustomer = () => random.below(plan.customers);
  const some: Happening[] = [];
  const add = (deed: Deed) => some.push({ at: at(), partner, deed });
  if (is(0.04)) add({ does: "paste-again" });
  if (is(0.04)) add({ does: "leave-out", kind: "accounts", place: aCustomer() });
  if (is(0.04))
    for (let times = 1 + random.below(2); times > 0; times -= 1)
      add({ does: "leave-out", kind: "services", place: random.below(services) });
  if (is(0.03)) add({ does: "hide-account", customer: aCustomer(), forMs: lasting() });
  if (is(0.02)) add({ does: "refuse-changes", forMs: lasting() });
  if (is(0.03))
    for (let times = 1 + random.below(2); times > 0; times -= 1)
      add({ does: "move", pastedAfterMs: random.pick(shortWaits), mappedAfterMs: random.pick([5_000, minuteMs]) });
  return some;
};

/** What people, the hub's feed and Gradient's side do within a scene. */
export const someDeeds = (
  random: Random,
  { from, spanMs }: Scene,
  { partners, services, isShort }: Layout,
): Happening[] => {
  const happenings: Happening[] = [];
  const others = random.fork("others");
  const often = (partner: number, times: number, deed: () => Deed) => {
    for (let left = times; left > 0; left -= 1)
      happenings.push({ at: Math.round(from + random.next() * spanMs), partner, deed: deed() });
  };

  for (const [partner, plan] of partners.entries()) {
    const aCustomer = () => random.below(plan.customers);
    const aService = () => random.below(services);
    const send = (): Deed => {
      const mode = random.pick(["changes", "changes", "full", "full", "dry-run"] as const);
      const again = random.chance(0.2) ? { againAfterMs: random.pick([0, 50, 2_000]) } : {};
      if (random.chance(0.15)) return { does: "send", mode, customer: aCustomer(), ...again };
      return random.chance(0.1) ? { does: "send", mode, isRetry: true } : { does: "send", mode, ...again };
    };
    const newKey = (): Deed => ({
      does: "new-key",
      isOtherConnection: random.chance(0.4),
      keepsOld: random.chance(0.7),
      pastedAfterMs: random.pick(isShort ? shortWaits : [0, 300, 5_000, 40_000, 40_000, 3_600_000]),
      ...(random.chance(0.4) ? { sendAfterMs: random.pick([300, 1_000, 3_000]) } : {}),
    });
    // a partner of many has fewer doings of its own
    const is = (probability: number) => random.chance(partners.length === 1 ? probability : probability / 2);

    if (is(isShort ? 0.9 : 0.7)) often(partner, 1 + random.below(2), send);
    // few different numbers, so that the same one comes back
    often(partner, random.below(4), () => ({
      does: "measure",
      customer: aCustomer(),
      service: aService(),
      unitCount: random.below(4),
    }));
    if (is(0.2)) often(partner, 1, () => ({ does: "cancel" }));
    if (is(0.2)) often(partner, 1 + random.below(2), () => ({ does: "remove", customer: aCustomer() }));
    if (is(0.1)) often(partner, 1, () => ({ does: "add", customer: plan.customers }));
    if (is(0.08)) often(partner, 1 + random.below(2), () => ({ does: "exclude", customer: aCustomer() }));
    if (is(0.03)) often(partner, 1, () => ({ does: "rename", customer: aCustomer() }));
    if (is(0.15)) often(partner, 1, newKey);
    if (is(0.15)) {
      often(partner, 1 + random.below(2), () => ({
        does: "schedule",
        // another than before: the same one would change no date
        schedule: { ...plan.schedule, hour: (plan.schedule.hour + 1 + random.below(23)) % 24 },
        pauseMs: random.pick([null, -dayMs, 5_000, 60_000, dayMs, 100 * dayMs]),
      }));
    }
    if (is(0.15)) often(partner, 2, () => ({ does: "map", customer: aCustomer(), isMapped: random.chance(0.7) }));
    if (is(0.05)) often(partner, 1, () => ({ does: "map-service", service: aService(), isMapped: random.chance(0.7) }));
    if (is(0.1)) often(partner, 1, () => ({ does: random.pick(["check", "webhook"] as const) }));
    if (is(0.04)) often(partner, 1, () => ({ does: "delete-accounts", customers: [aCustomer()] }));
    if (is(0.05))
      often(partner, 1, () => ({
        does: "disconnect",
        backAfterMs: random.pick([null, 500, 60_000, isShort ? 5_000 : 3_600_000]),
        ...(others.chance(0.4) ? { isZeroed: true } : {}),
      }));
    happenings.push(
      ...rareDeeds(others, { from, spanMs }, { partner, plan, services, isAlone: partners.length === 1 }),
    );
  }
  if (random.chance(0.04)) often(0, 1, () => ({ does: "new-service", service: services }));
  if (random.chance(0.04)) often(0, 1, () => ({ does: "stand-still", ms: 7 * 3_600_000 }));
  return happenings.sort((a, b) => a.at - b.at);
};
