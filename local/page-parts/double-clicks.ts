interface Click {
  at: number;
  x: number;
  y: number;
  /** What it pressed. */
  pressed: unknown;
}

// what systems take for a double click at the most
const withinMs = 500;
const withinPx = 6;

/** The second click of a double click, on something that has come in the place of what the first one pressed. */
export const isAstray = (before: Click | undefined, now: Click): boolean =>
  before !== undefined &&
  now.pressed !== before.pressed &&
  now.at - before.at < withinMs &&
  Math.abs(now.x - before.x) < withinPx &&
  Math.abs(now.y - before.y) < withinPx;

/** In a list from which each press takes a row, a double click takes one. */
export const guardDoubleClicks = (): void => {
  let before: Click | undefined;
  document.addEventListener(
    "click",
    (event) => {
      const { target, timeStamp: at, clientX: x, clientY: y, detail } = event;
      // of the keyboard, which never slips
      if (detail === 0 || !(target instanceof Element)) return;
      const now = { at, x, y, pressed: target.closest("button, a, label, input, summary, [role=option]") };
      const isStray = isAstray(before, now);
      before = now;
      if (!isStray || now.pressed === null) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
};
