/** What the workers of exports are given; the benches play with the same. */
export const exportWorkers = {
  // A guess until it is measured with `npm run bench:pace -- --only memory`: at half a core the pace was 94 a second,
  // at 256 MB 75 to 81.
  memoryMb: 1024,
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

/** Of every other function, but those that have more to do (docs/performance.md, "The API"). */
export const usualMemoryMb = 256;
/** With so much memory Lambda gives a function one core, which costs the same work no more than a share of one does. */
export const wholeCoreMb = 1769;
