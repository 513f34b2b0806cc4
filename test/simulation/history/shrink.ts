import { ruleOf } from "../seeds.ts";
import type { History } from "./history.ts";

/** Each history that has a little less of everything, the largest cuts first. */
function* smaller(history: History): Generator<History> {
  const { happenings, badDays, spells, partners, rates } = history;
  for (let size = happenings.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < happenings.length; from += size)
      yield { ...history, happenings: [...happenings.slice(0, from), ...happenings.slice(from + size)] };
  }
  for (const day of badDays) yield { ...history, badDays: badDays.filter((its) => its !== day) };
  for (const spell of spells) yield { ...history, spells: spells.filter((its) => its !== spell) };
  for (const rate of Object.keys(rates) as (keyof typeof rates)[])
    if (rates[rate] > 0) yield { ...history, rates: { ...rates, [rate]: 0 } };
  if (history.skews) yield { ...history, skews: false };
  if (history.tempts) yield { ...history, tempts: false };
  // the last one, so that the others keep their numbers
  if (partners.length > 1) {
    const last = partners.length - 1;
    const isLeft = ({ partner }: { partner: number | null }) => partner === null || partner < last;
    const [left, trouble] = [happenings.filter(isLeft), badDays.filter(isLeft)];
    yield { ...history, partners: partners.slice(0, last), happenings: left, badDays: trouble };
  }
  for (const [place, plan] of partners.entries()) {
    const changed = (its: Partial<typeof plan>): History => ({
      ...history,
      partners: partners.map((one, at) => (at === place ? { ...one, ...its } : one)),
    });
    if (plan.customers > 1) yield changed({ customers: plan.customers - 1 });
    if (plan.unmapped.length > 0) yield changed({ unmapped: [] });
    if (plan.ledgerBits > 0) yield changed({ ledgerBits: 0 });
  }
  if (history.services > 1) yield { ...history, services: history.services - 1 };
  for (const { from, until } of spells) {
    const half = { from, until: from + (until - from) / 2 };
    if (until - from > 2_000) yield { ...history, spells: spells.map((its) => (its.from === from ? half : its)) };
  }
}

/**
 * The shortest story that breaks the same invariant: whatever it does not need is left out, one thing at a time, for as
 * long as something can be. `told` hears of each step.
 */
export const shrink = async (
  history: History,
  play: (history: History) => Promise<string[]>,
  told: (history: History) => void = () => undefined,
): Promise<{ history: History; faults: string[] }> => {
  let faults = await play(history);
  const rule = ruleOf(faults[0] ?? ":");
  let shortest = history;
  const cut = async (): Promise<boolean> => {
    for (const next of smaller(shortest)) {
      const found = await play(next);
      if (!found.some((fault) => ruleOf(fault) === rule)) continue;
      faults = found;
      shortest = next;
      told(next);
      return true;
    }
    return false;
  };
  while (faults.length > 0 && (await cut()));
  return { history: shortest, faults };
};
