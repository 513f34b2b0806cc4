import { isAppError } from "#shared/errors";

/** How many calls may still be spent on finding out whom Gradient refuses, by everything that one look changes. */
export interface Spare {
  calls: number;
}

export interface Halved {
  /** By id, with Gradient's words. */
  refused: Map<string, string>;
  /** The spare calls ended before their turn came. */
  unsent: Set<string>;
  /** They had been there already when Gradient was asked again. */
  existed: Set<string>;
  done: number;
}

interface Sending<T> {
  items: readonly T[];
  perCall: number;
  send: (some: T[]) => Promise<void>;
  /** After a conflict: the ids that exist by now. Undefined where a conflict is a refusal like any other. */
  readAgain?: () => Promise<{ has: (id: string) => boolean }>;
  spare: Spare;
}

interface Part<T> {
  items: T[];
  isExtra: boolean;
  /** Two that were refused together, and how many of them were taken alone. */
  pair?: { taken: number };
}

const halvesOf = <T>(items: T[]): Part<T>[] => {
  const middle = Math.ceil(items.length / 2);
  const pair = items.length === 2 ? { pair: { taken: 0 } } : {};
  return [items.slice(0, middle), items.slice(middle)].map((half) => ({ items: half, isExtra: true, ...pair }));
};

/**
 * Sends many at once and, where Gradient refuses that, ever smaller parts of them: a refused one keeps no other out,
 * and is found in a few calls. What the spare calls do not reach is for the next look. Two that are refused together
 * and taken one by one show that Gradient takes no lists: from then on each goes alone.
 */
export const sendHalving = async <T extends { id: string }>({
  items,
  perCall,
  send,
  readAgain,
  spare,
}: Sending<T>): Promise<Halved> => {
  const halved: Halved = { refused: new Map(), unsent: new Set(), existed: new Set(), done: 0 };
  let takesLists = true;
  // the first conflict tells of many, later ones of one account each
  let isFirst = true;
  // the first at the end
  const parts: Part<T>[] = [];
  for (let from = 0; from < items.length; from += perCall) {
    parts.unshift({ items: items.slice(from, from + perCall), isExtra: false });
  }

  /** Those that are still to be sent after a refusal. */
  const leftAfter = async (error: unknown, some: T[]): Promise<T[]> => {
    const isConflict = isAppError(error, "gradient.conflict");
    if (!isConflict || readAgain === undefined || !(isFirst || some.length === 1)) return some;
    isFirst = false;
    spare.calls -= 1;
    const known = await readAgain();
    const left = some.filter(({ id }) => !known.has(id));
    for (const { id } of some) if (known.has(id)) halved.existed.add(id);
    return left;
  };

  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { items: some, isExtra, pair } = part;
    if (!takesLists && some.length > 1) {
      parts.push(...some.map((item) => ({ items: [item], isExtra: true })).reverse());
      continue;
    }
    if (isExtra && spare.calls <= 0) {
      for (const { id } of some) halved.unsent.add(id);
      continue;
    }
    if (isExtra) spare.calls -= 1;
    try {
      await send(some);
      halved.done += some.length;
      if (pair) pair.taken += 1;
      if (pair?.taken === 2) takesLists = false;
    } catch (error) {
      if (!isAppError(error, "gradient.refused") && !isAppError(error, "gradient.conflict")) throw error;
      const left = await leftAfter(error, some);
      if (left.length < some.length) {
        if (left.length > 0) parts.push({ items: left, isExtra: true });
      } else if (left.length > 1) parts.push(...halvesOf(left).reverse());
      else for (const { id } of left) halved.refused.set(id, error.message);
    }
  }
  return halved;
};
