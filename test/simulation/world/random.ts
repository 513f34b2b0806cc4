/** Numbers that only depend on the seed, so that a history can be played again. */
export interface Random {
  /** 0 to 1. */
  next(): number;
  chance(probability: number): boolean;
  /** A whole number below `limit`. */
  below(limit: number): number;
  between(low: number, high: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /**
   * A stream of its own, which only depends on the seed and the name. What one part of a history takes from its stream
   * moves nothing in another: an engine that reads one row more does not turn every history into another one.
   */
  fork(name: string): Random;
}

/** FNV-1a: streams of different names have nothing in common. */
const mixed = (seed: number, name: string): number => {
  let hash = seed ^ 0x811c_9dc5;
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x0100_0193);
  return hash >>> 0;
};

/** mulberry32: small, quick and even enough to choose faults by. */
export const seededRandom = (seed: number): Random => {
  // neighbouring seeds must not give neighbouring numbers
  let state = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) >>> 0;
  const next = () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => probability > 0 && next() < probability,
    between: (low, high) => low + next() * (high - low),
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    fork: (name) => seededRandom(mixed(seed, name)),
  };
};
