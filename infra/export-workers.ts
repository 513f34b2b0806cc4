/** What the workers of exports are given; the benches play with the same. */
export const exportWorkers = {
  // Measured under the share of a core that it gives: 94.3 a second, where 1,024 MB reach 94.6 and 512 MB 93.3; with
  // twenty small runs that begin in the same moment 92.9, 93.8 and 90.8 (docs/performance.md).
  memoryMb: 768,
  /**
   * Whoever has used its share of a core up stands still, and a collection of garbage is the longest piece of work that
   * a worker has: with more room there are fewer, and less is taken for old that is not.
   */
  youngMb: 16,
  // Lambda's longest: a run of 75,000 lines ends without a hand-over
  timeoutMinutes: 15,
  batchSize: 10,
  /**
   * As many as people's runs at a time: a worker takes no further message before all of its runs have ended (ADR 12).
   */
  onDemand: 10,
  /**
   * SQS's least. One carries all runs that are under way, the second goes on when its time is up; a third would have
   * more slots lie ahead of a person's first.
   */
  scheduled: 2,
} as const;

/** For Node: how large each half of the room for young objects may become. */
export const youngHeapOption = (megabytes: number): string => `--max-semi-space-size=${megabytes}`;

/** Of every other function, but those that have more to do (docs/performance.md, "The API"). */
export const usualMemoryMb = 256;
/** With so much memory Lambda gives a function one core, which costs the same work no more than a share of one does. */
export const wholeCoreMb = 1769;
