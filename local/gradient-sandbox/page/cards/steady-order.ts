import { useMemo, useRef } from "react";
import { byName } from "../../../page-parts/words.ts";
import type { Card } from "../sandbox-api.ts";

const inOrder = (a: Card, b: Card): number =>
  byName({ name: a.accountName }, { name: b.accountName }) || byName({ name: a.serviceName }, { name: b.serviceName });

/** Cards by name, and those that came later behind the ones that were there: `places` keeps who stands where. */
export const inSteadyOrder = (cards: Card[], places: Map<string, number>): Card[] => {
  const added = cards.filter(({ cardId }) => !places.has(cardId)).toSorted(inOrder);
  for (const { cardId } of added) places.set(cardId, places.size);
  return cards.toSorted((a, b) => (places.get(a.cardId) ?? 0) - (places.get(b.cardId) ?? 0));
};

/** Usage arrives while somebody approves: what is under the pointer stays there until `view` is another one. */
export const useSteadyOrder = (cards: Card[] | undefined, view: unknown): Card[] => {
  const seen = useRef({ view, places: new Map<string, number>() });
  return useMemo(() => {
    if (seen.current.view !== view) seen.current = { view, places: new Map() };
    return inSteadyOrder(cards ?? [], seen.current.places);
  }, [cards, view]);
};
