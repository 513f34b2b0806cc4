/** Timers that end with the sandbox, so that nothing happens to a state that was closed. */
export const timers = () => {
  const running = new Set<NodeJS.Timeout>();
  const stopped = new AbortController();
  const later = (ms: number, run: () => void): (() => void) => {
    if (stopped.signal.aborted) return () => {};
    const timer = setTimeout(() => {
      running.delete(timer);
      run();
    }, ms);
    running.add(timer);
    return () => {
      clearTimeout(timer);
      running.delete(timer);
    };
  };
  return {
    /** Answers a function that calls it off. */
    later,
    /** Never comes back once the sandbox is closed. */
    sleep: (ms: number) => new Promise<void>((resolve) => later(ms, resolve)),
    /** Aborted once the sandbox is closed. */
    stopped: stopped.signal,
    stop: () => {
      stopped.abort();
      for (const timer of running) clearTimeout(timer);
      running.clear();
    },
  };
};
export type Timers = ReturnType<typeof timers>;
