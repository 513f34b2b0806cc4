import { gradientServiceId, type Troubles } from "../gradient/vendor.ts";
import type { Random } from "../world/random.ts";
import type { BadDay } from "./history.ts";
import { customerId, serviceId } from "./rows.ts";

interface Options {
  badDays: readonly BadDay[];
  startsAt: number;
  now: () => number;
  /** The place of a partner's organization among the history's partners. */
  placeOf: (organizationId: string) => number;
  random: Random;
}

const refusalOf: Partial<Record<BadDay["kind"], number>> = { "false-alarm": 401, forbidden: 403, throttled: 429 };

/** The history's bad days as Gradient, our secrets and the mail service have them at each moment. */
export const badDaysOf = ({ badDays, startsAt, now, placeOf, random }: Options) => {
  const falseAlarms = new Map<BadDay, number>();
  /** When a refusal that was not a partner's own fault was answered to it last. */
  const lastAlarm = new Map<string, number>();

  const isOn = ({ from, until, isLasting }: BadDay): boolean => {
    const at = now() - startsAt;
    return at >= from && (at < until || isLasting === true);
  };
  const of = (organizationId: string | null) =>
    badDays.filter(
      (day) =>
        isOn(day) && (day.partner === null || (organizationId !== null && day.partner === placeOf(organizationId))),
    );
  /** A false alarm has so many calls, and then it is over. */
  const isLeft = (day: BadDay): boolean => {
    if (day.kind !== "false-alarm") return true;
    const used = falseAlarms.get(day) ?? 0;
    falseAlarms.set(day, used + 1);
    return used < (day.calls ?? 1);
  };

  const keyNumber = (edge: (day: BadDay) => number): string =>
    `vendor-key-${badDays.filter((day) => day.kind === "vendor-key" && edge(day) <= now() - startsAt).length + 1}`;

  /** What the counts of a line are answered with that is in trouble alone. */
  const statusOfPart = (id: string, line: string | undefined): number | null => {
    const [account, service] = line?.split("/") ?? [];
    const isOfPart = ({ part = { service: -1 } }: BadDay) =>
      "service" in part
        ? service === gradientServiceId(serviceId(part.service))
        : account === customerId(part.customer);
    return of(id).find(isOfPart)?.status ?? null;
  };

  const troubles: Troubles = {
    failure: (id, post) => {
      const kinds = of(id).map(({ kind }) => kind);
      if (kinds.includes("silent")) return "silent";
      return kinds.includes("down") || statusOfPart(id, post?.line) === 503 ? "failed" : null;
    },
    refusal: (id, post) => {
      const ofPart = statusOfPart(id, post?.line);
      if (ofPart !== null) return ofPart;
      for (const day of of(id)) {
        const status = refusalOf[day.kind];
        // in a storm some calls still come through
        const isMet = status !== undefined && (day.kind !== "throttled" || random.chance(0.7)) && isLeft(day);
        if (!isMet) continue;
        if (status === 401) lastAlarm.set(id, now());
        return status;
      }
      return null;
    },
    denial: (id) => of(id).find(({ kind }) => kind === "denied")?.denies ?? null,
  };

  return {
    troubles,
    /** The key that Gradient takes from us, and the one that the secret holds: a bad day lies between the two. */
    ourKeyInGradient: (): string => keyNumber(({ from }) => from),
    ourKeyInSecret: (): string => keyNumber(({ until }) => until),
    /** The counts of this line, and not all of its organization's, are not taken now. */
    isInTrouble: (organizationId: string, line: string): boolean => statusOfPart(organizationId, line) !== null,
    isMailDown: (): boolean => of(null).some(({ kind }) => kind === "no-mail"),
    /** A 401 that Gradient gave without reason. */
    lastAlarm: (organizationId: string): number => lastAlarm.get(organizationId) ?? Number.NEGATIVE_INFINITY,
  };
};

export type BadDays = ReturnType<typeof badDaysOf>;
