/** A call to Gradient is given up after this long. That does not undo it: it may have landed, or may still land. */
export const callTimeoutMs = 8_000;

// nothing between us and Gradient keeps a request for longer than this
const landsLateMs = 60_000;
// the clock that ends the wait is another than the one that began it; each may be off by two seconds and a bit
const clocksApartMs = 5_000;

/** How long after it was sent a call without an answer may still land, also for a worker that goes by another clock. */
export const landsWithinMs = callTimeoutMs + landsLateMs + clocksApartMs;
