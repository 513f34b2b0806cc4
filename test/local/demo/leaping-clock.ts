import { vi } from "vitest";

const real = performance.now.bind(performance);

/** A clock that can be set forward, for waits that nobody wants to wait for; `vi.restoreAllMocks` ends it. */
export const leapingClock = () => {
  let leapMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => real() + leapMs);
  return {
    leap: (ms: number) => {
      leapMs += ms;
    },
  };
};
