import { breakerRowKey, partnerBreaker, vendorBreaker } from "#shared/breakers/state/breaker";
import type { Integration } from "#shared/integrations/integration";
import { isPaused } from "#shared/schedules/schedule";
import { at } from "../history/rows.ts";
import type { World } from "../world/world.ts";
import type { HubLine } from "./hub-lines.ts";
import type { Wishes } from "./wishes.ts";

// within a day after something was new, looks come at least once an hour
const livelyMs = 22 * 3_600_000;

/** It has a number, or a zero for what Gradient holds. */
const isSendable = ({ levels }: HubLine, held: number): boolean => {
  const level = levels.at(-1);
  return level?.isBilled === true ? level.unitCount !== undefined : held > 0;
};

/** Looks are held. */
const isObstructed = ({ table }: World, partnerId: string): boolean =>
  [vendorBreaker, partnerBreaker(partnerId)].some((key) => {
    const { pk, sk } = breakerRowKey(key);
    return (table.rows.get(`${pk}\u0000${sk}`)?.trouble ?? null) !== null;
  });

/**
 * A line that would make a partner active that still maps: it is mapped, has a number, and Gradient tells so. Undefined
 * where there is none, and where nobody has to find it within the hour.
 */
export const unopened = (
  world: World,
  wishes: Wishes,
  { partnerId, state, schedule, looks, gradient }: Integration,
): string | undefined => {
  const { vendor, history, line: time, badDays } = world;
  if (state !== "awaiting-mapping" || !history.tellsMapping || !wishes.isConnected(partnerId)) return undefined;
  if (isObstructed(world, partnerId)) return undefined;
  if (isPaused(schedule, at(time.now())) || Date.parse(looks.livelyAt ?? "") < time.now() - livelyMs) return undefined;
  const side = vendor.connection(gradient?.integrationId);
  if (!side) return undefined;
  const its = side.organization;
  const isOpening = (line: HubLine): boolean => {
    const name = wishes.lines.nameOf(line);
    if (name === undefined || !its.isMapped(name) || its.unlisted.has(line.customerId)) return false;
    if (badDays.isInTrouble(its.id, name)) return false;
    return isSendable(line, side.counts.get(name)?.unitCount ?? 0);
  };
  const found = wishes.lines.of(partnerId).find(isOpening);
  return found && `${partnerId} still maps, although ${wishes.lines.nameOf(found)} is mapped`;
};
