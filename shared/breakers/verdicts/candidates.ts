import { fromIntegrationItem, type Integration, integrationKey, maySend } from "../../integrations/integration.ts";
import { isPaused } from "../../schedules/schedule.ts";
import { readableOf } from "../../stored.ts";
import type { Context } from "../state/asking.ts";
import { type Breaker, isOpen, iso, partnerBreaker } from "../state/breaker.ts";

const integrationsOf = async (
  { table }: Pick<Context, "table">,
  partnerIds: Iterable<string>,
): Promise<Integration[]> => {
  const ids = [...new Set(partnerIds)];
  if (ids.length === 0) return [];
  const rows = await table.getMany(ids.map(integrationKey));
  const found = new Map(readableOf(rows, fromIntegrationItem).map((one) => [one.partnerId, one]));
  return ids.flatMap((id) => found.get(id) ?? []);
};

/** Nobody's token is used for others while its partner has paused: it has asked us to leave it alone. */
const isLeftAlone = ({ schedule }: Integration, now: number): boolean => isPaused(schedule, iso(now));

/** Its token may be asked with, as far as its own record tells. */
export const isActive = (value: Integration): boolean => maySend(value) && value.token?.status === "valid";

const isHeld = async ({ rows }: Pick<Context, "rows">, { partnerId, token }: Integration): Promise<boolean> =>
  isOpen(await rows.read(partnerBreaker(partnerId)), token?.versionId);

/**
 * Other active partners whose tokens Gradient took lately, latest first, then some that wait. None that is suspended,
 * paused or held by a breaker of its own: what it meets may be its own trouble. But the one whose token has closed our
 * breaker is asked, whatever it meets else: where it is the only other one, our key would be blamed again and again.
 */
export const othersThan = async (context: Context, not: string[], vendor: Breaker, atMost: number) => {
  const { successes, waiting, clock } = context;
  const known = [...(await successes.list()), ...(await waiting())].filter((id) => !not.includes(id));
  const others: Integration[] = [];
  for (const one of await integrationsOf(context, known)) {
    if (others.length === atMost) break;
    if (one.token === null || isLeftAlone(one, clock.now())) continue;
    const hasProven = one.partnerId === vendor.provenBy;
    if (hasProven || (isActive(one) && !(await isHeld(context, one)))) others.push(one);
  }
  return others;
};

/**
 * Who is asked whether Gradient answers anybody while these partners' calls fail: another one, whose part of Gradient
 * may be another; else one of them.
 */
export const witnessOf = async (
  context: Context,
  failing: string[],
  vendor: Breaker,
): Promise<Integration | undefined> => {
  const [other] = await othersThan(context, failing, vendor, 1);
  if (other) return other;
  const some = await integrationsOf(context, failing);
  return some.find((one) => isActive(one) && !isLeftAlone(one, context.clock.now()));
};

// far more than it takes to find one whose token is good
const maxInTurn = 20;

/**
 * Whose token the next probe of our own breaker tries, and the order after it. Partners take turns, so that one with
 * troubles of its own keeps nobody waiting for long.
 */
export const nextInTurn = async (context: Context, rotation: string[], withSuspended: boolean) => {
  const newcomers = [...(await context.successes.list()), ...(await context.waiting())];
  const inTurn = [...newcomers.filter((id) => !rotation.includes(id)), ...rotation];
  const fit = (await integrationsOf(context, inTurn)).filter(
    (one) => (isActive(one) || (withSuspended && one.state === "suspended")) && !isLeftAlone(one, context.clock.now()),
  );
  const [next, ...others] = fit;
  return {
    next,
    rotation: [...others.slice(0, maxInTurn), ...(next ? [next] : [])].map(({ partnerId }) => partnerId),
    /** Nobody else could be asked who is active. */
    isAlone: !others.some(isActive),
  };
};
