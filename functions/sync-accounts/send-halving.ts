import { type AppError, isAppError } from "#shared/errors";

/** How many calls may still be spent on finding out whom Gradient refuses, by everything that one look changes. */
export interface Spare {
  calls: number;
  /** False once no more of them may begin: a call on which Gradient fails takes long. */
  hasTime: () => boolean;
}

export interface Halved {
  /** By id, with Gradient's words; with ours where it has none, for it fails on this one as often as it gets it. */
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
  /** A conflict of this one alone says that it is there, whether it is listed or not. */
  wasThere?: (item: T) => boolean;
  spare: Spare;
  /** So many looks before have come to nothing because Gradient failed on what they sent. */
  failures: number;
  /** Gradient has not taken this one before. */
  isKnown: (item: T) => boolean;
}

/** Gradient has failed on everything, so on none of it for what it is. */
const maxFailed = 8;
// a bad time of Gradient's has passed by then: looks that fail come an hour apart
const longFailures = 8;
const failedWords = "Gradient fails whenever it gets this one.";

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
 *
 * Where Gradient fails instead (`gradient.unavailable`), the first look throws that: it may be a bad moment. The looks
 * after it send ever smaller parts, and take one on which it fails alone for refused, if it has taken another. Where it
 * takes nothing, that is thrown after a few calls, until it has been so for hours.
 */
export const sendHalving = async <T extends { id: string }>({
  items,
  perCall,
  send,
  readAgain,
  wasThere = () => false,
  spare,
  failures,
  isKnown,
}: Sending<T>): Promise<Halved> => {
  const halved: Halved = { refused: new Map(), unsent: new Set(), existed: new Set(), done: 0 };
  const isLong = failures >= longFailures;
  const failed: T[] = [];
  let failure: unknown;
  let failedCalls = 0;
  let takesLists = true;
  // the first conflict tells of many, later ones of one account each
  let isFirst = true;
  // the first at the end
  const parts: Part<T>[] = [];
  const size = Math.max(1, Math.floor(perCall / 2 ** failures));
  for (let from = 0; from < items.length; from += size) {
    parts.unshift({ items: items.slice(from, from + size), isExtra: size < perCall && from > 0 });
  }
  const takesAny = () => halved.done + halved.existed.size > 0;

  /** Those that are still to be sent after a call that came to nothing. */
  const leftAfter = async (error: unknown, some: T[]): Promise<T[]> => {
    if (isAppError(error, "gradient.conflict") && some.length === 1 && some.every(wasThere)) {
      for (const { id } of some) halved.existed.add(id);
      return [];
    }
    const mayExist = isAppError(error, "gradient.conflict") || isAppError(error, "gradient.unavailable");
    if (!mayExist || readAgain === undefined || !(isFirst || some.length === 1)) return some;
    isFirst = false;
    spare.calls -= 1;
    const known = await readAgain();
    const left = some.filter(({ id }) => !known.has(id));
    for (const { id } of some) if (known.has(id)) halved.existed.add(id);
    return left;
  };
  const isLookedFor = (error: unknown, some: T[]): error is AppError => {
    if (isAppError(error, "gradient.refused") || isAppError(error, "gradient.conflict")) return true;
    return isAppError(error, "gradient.unavailable") && (failures > 0 || some.some(isKnown));
  };

  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { items: some, isExtra, pair } = part;
    if (!takesLists && some.length > 1) {
      parts.push(...some.map((item) => ({ items: [item], isExtra: true })).reverse());
      continue;
    }
    const isHopeless = failedCalls >= maxFailed && !takesAny();
    if (isExtra && (spare.calls <= 0 || !spare.hasTime() || isHopeless)) {
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
      if (!isLookedFor(error, some)) throw error;
      const isFailure: boolean = isAppError(error, "gradient.unavailable");
      if (isFailure) [failure, failedCalls] = [error, failedCalls + 1];
      const left = await leftAfter(error, some);
      if (left.length < some.length) {
        if (left.length > 0) parts.push({ items: left, isExtra: true });
        // others go first: what Gradient takes of them is found out before the time is over
      } else if (left.length > 1 && isFailure) parts.unshift(...halvesOf(left).reverse());
      else if (left.length > 1) parts.push(...halvesOf(left).reverse());
      else if (isFailure) failed.push(...left);
      else for (const { id } of left) halved.refused.set(id, error.message);
    }
  }
  // known ones are no others' evidence, and need none
  const isTheirs = takesAny() || isLong || (halved.unsent.size === 0 && failed.every(isKnown));
  if (failure !== undefined && !isTheirs) throw failure;
  for (const { id } of failed) halved.refused.set(id, failedWords);
  return halved;
};
