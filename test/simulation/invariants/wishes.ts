import type { UsageExport } from "#shared/exports/usage-export";
import type { Integration } from "#shared/integrations/integration";
import { isPaused } from "#shared/schedules/schedule";
import type { Item } from "#shared/table/table";
import type { Side } from "../gradient/organization.ts";
import { at, partnerIdOf } from "../history/rows.ts";
import type { World } from "../world/world.ts";
import { type HubLine, hubLines, levelsSince } from "./hub-lines.ts";
import { watchLeftOut } from "./left-out.ts";
import { watchZeros } from "./zeros.ts";

/** Why a partner's counts are to be in Gradient. */
export type Cause =
  | "date"
  | "send"
  | "token"
  | "activation"
  | "growth"
  | "service"
  | "measurement"
  | "inclusion"
  | "left-out";

/**
 * From some moment on the partner's counts, or some of them, are to be in Gradient as the hub had them then, or later.
 */
export interface Wish {
  cause: Cause;
  at: number;
  /** What Gradient took before proves nothing. */
  isAnew: boolean;
  concerns: (line: HubLine) => boolean;
}

const everyLine = () => true;
// a date may be heeded a little early by a clock that is fast
const clocksApartMs = 2_500;
// as long as a person's call may last, and the clocks be apart
const actLastsMs = 30_000;

const partnerIdIn = ({ pk }: Item): string => pk.slice("partner#".length);

/** Nothing has to be sent for it: it is not mapped, or Gradient has refused it since. */
const isRefused = ({ posts }: Side, name: string, since: number): boolean => {
  const last = posts
    .get(name)
    ?.filter(({ heard }) => heard !== null)
    .at(-1);
  return last !== undefined && last.calledAt >= since && (last.heard === 400 || last.heard === 404);
};

const isServed = (line: HubLine, name: string, side: Side, { at: since, isAnew }: Wish): boolean => {
  const held = side.counts.get(name);
  return levelsSince(line, since).some(({ isBilled, unitCount }) => {
    // a zero that Gradient has is not brought there again
    if (!isBilled) return held === undefined || held.unitCount === 0;
    return unitCount === undefined || (unitCount === held?.unitCount && (!isAnew || held.calledAt >= since));
  });
};

/**
 * Keeps what is wished for, from what people do, what the hub counts and what Gradient tells, and never from what the
 * service remembers of it: that is what is to be checked.
 */
export const watchWishes = (world: World) => {
  const { line: time, observers, organizations, history, table, script } = world;
  const wishes = new Map<string, Wish[]>();
  /** When a run was written first. */
  const begunAt = new Map<string, number>();
  const cancelledAt = new Map<string, number>();
  const of = (partnerId: string): Wish[] => wishes.get(partnerId) ?? [];
  const add = (partnerId: string, wish: Wish) => void wishes.set(partnerId, [...of(partnerId), wish]);
  const recordOf = (partnerId: string) =>
    table.rows.get(`partner#${partnerId}\u0000integration`) as unknown as Integration | undefined;

  const lines = hubLines(world, ({ partnerId, line, before }) => {
    const level = line.levels.at(-1);
    if (!level?.isBilled || level.unitCount === undefined) return;
    const isNew = before?.isBilled !== true || before.unitCount === undefined;
    if (!isNew || recordOf(partnerId)?.state !== "active") return;
    const cause = before?.isBilled === true || before === undefined ? "measurement" : "inclusion";
    add(partnerId, { cause, at: time.now(), isAnew: false, concerns: (its) => its === line });
  });

  const wishAll = (partnerId: string, cause: Cause, since: number, isAnew = false) =>
    add(partnerId, { cause, at: since, isAnew, concerns: everyLine });

  /** At the time of a date: has it come? */
  const awaitDate = (partnerId: string, date: string): void => {
    const due = Date.parse(date);
    if (due > script.endsAt) return;
    const come = () => {
      if (due > script.endsAt) return;
      const now = recordOf(partnerId);
      if (now?.state === "active" && now.nextRunAt === date && !isPaused(now.schedule, at(time.now())))
        wishAll(partnerId, "date", due);
    };
    time.at(due, come, false);
  };
  const seeRecord = (before: Integration | undefined, after: Integration): void => {
    const { partnerId } = after;
    if (after.nextRunAt !== null && after.nextRunAt !== before?.nextRunAt) awaitDate(partnerId, after.nextRunAt);
    // heeded before its time, by a clock that is ahead: what is counted between the two waits for the next
    const early = Date.parse(before?.nextRunAt ?? "");
    const isHeeded = after.state === "active" && before?.wants.all.wanted !== after.wants.all.wanted;
    if (isHeeded && early > time.now() && early < time.now() + clocksApartMs && after.nextRunAt !== before?.nextRunAt)
      wishAll(partnerId, "date", time.now());
    if (after.token && after.token.fingerprint !== before?.token?.fingerprint && after.mapping.completedAt !== null)
      wishAll(partnerId, "token", time.now(), true);
    if (after.state === "active" && before?.mapping.completedAt === null) wishAll(partnerId, "activation", time.now());
    // another schedule drops a date that has just come: by the time at which it was decided it had not
    if (before && JSON.stringify(before.schedule) !== JSON.stringify(after.schedule)) {
      const isDropped = ({ cause, at: since }: Wish) =>
        cause === "date" && at(since) === before.nextRunAt && since > time.now() - actLastsMs;
      wishes.set(
        partnerId,
        of(partnerId).filter((wish) => !isDropped(wish)),
      );
    }
    // whatever was wished before is not wished any more by a partner that has left
    if (after.state === "disconnected") wishes.delete(partnerId);
  };
  const seeExport = (partnerId: string, before: UsageExport | undefined, after: UsageExport): void => {
    if (after.mode === "dry-run" || after.kind === "look") return;
    if (!before) begunAt.set(after.id, time.now());
    if (!before && after.trigger === "manual") {
      const { customerIds, retryOf, serviceIds } = after;
      if (retryOf !== null) return;
      const concerns = ({ customerId, serviceId }: HubLine) =>
        (customerIds?.includes(customerId) ?? true) && (serviceIds?.includes(serviceId) ?? true);
      const isAnew = after.mode === "full" && after.kind === "all";
      add(partnerId, { cause: "send", at: time.now(), isAnew, concerns });
    }
    if (before && before.state !== "cancelled" && after.state === "cancelled") {
      cancelledAt.set(partnerId, time.now());
      // A person's run takes its own wish along, one of the service's all that it was started for: up to its write,
      // which may come long after the moment that it notes.
      const startedAt = Date.parse(after.createdAt) + clocksApartMs;
      const isDropped = (wish: Wish) =>
        after.admittedFor === null
          ? Math.abs(wish.at - startedAt) < 2 * clocksApartMs
          : wish.at <= Math.max(startedAt, begunAt.get(after.id) ?? 0);
      wishes.set(
        partnerId,
        of(partnerId).filter((wish) => !isDropped(wish)),
      );
    }
  };
  watchLeftOut(world, (partnerId, concerns) => {
    if (recordOf(partnerId)?.state === "active")
      add(partnerId, { cause: "left-out", at: time.now(), isAnew: false, concerns });
  });
  observers.push(({ before, after }) => {
    if (!after?.pk.startsWith("partner#")) return;
    if (after.sk === "integration") seeRecord(before as unknown as Integration, after as unknown as Integration);
    else if (after.sk.startsWith("export#"))
      seeExport(partnerIdIn(after), before as unknown as UsageExport, after as unknown as UsageExport);
  });
  for (const place of organizations.keys()) {
    const date = recordOf(partnerIdOf(place))?.nextRunAt;
    if (date) awaitDate(partnerIdOf(place), date);
  }

  /** Where the hub is connected to: of a newer connection it knows once its key is pasted. */
  const sideOf = (partnerId: string): Side | undefined =>
    world.vendor.connection(recordOf(partnerId)?.gradient?.integrationId);

  return {
    lines,
    zeros: watchZeros(world),
    of,
    /** When a person has last stopped a run: what that had sent is not seen to any more. */
    cancelledAt: (partnerId: string): number => cancelledAt.get(partnerId) ?? Number.NEGATIVE_INFINITY,
    /** Gradient takes the token that the hub has. */
    isConnected: (partnerId: string): boolean => {
      const token = recordOf(partnerId)?.token;
      const key = token && world.secrets.find(token.secretName, token.versionId);
      const side = sideOf(partnerId);
      return side?.key !== undefined && side.key === key;
    },
    /** The first of those wishes that is not served for some line, other than those `except`. */
    unserved: (
      partnerId: string,
      which: (wish: Wish) => boolean,
      except: (side: Side, name: string) => boolean = () => false,
    ): { wish: Wish; text: string } | undefined => {
      const side = sideOf(partnerId);
      if (!side) return undefined;
      for (const wish of of(partnerId)) {
        if (!which(wish)) continue;
        for (const line of lines.of(partnerId)) {
          const name = lines.nameOf(line);
          if (name === undefined || !wish.concerns(line) || !side.organization.isMapped(name)) continue;
          if (except(side, name)) continue;
          if (isServed(line, name, side, wish) || isRefused(side, name, wish.at)) continue;
          const had = levelsSince(line, wish.at).map(({ isBilled, unitCount }) => (isBilled ? unitCount : 0));
          const since = ((wish.at - history.startsAt) / 1000).toFixed(1);
          const text = `${partnerId}: ${wish.cause} of ${since} s: ${name} is ${side.counts.get(name)?.unitCount}, not ${had}`;
          return { wish, text };
        }
      }
      return undefined;
    },
  };
};

export type Wishes = ReturnType<typeof watchWishes>;
