import type { CountAnswer } from "#shared/gradient/gradient-api";
import type { Clock } from "#shared/pace/clock";

// longer than the repeats of one line: what is over by then is ridden out
const patienceMs = 20_000;
// with fewer, a slow answer or two would be enough
const minVain = 20;

const isVain = ({ kind }: CountAnswer): boolean => kind === "in-doubt" || kind === "throttled";

/**
 * How long a run goes on while Gradient takes nothing of it, and answers nothing else either. That may be this
 * partner's trouble alone, or that of counts alone, which no breaker stops; each further line would cost up to twelve
 * calls for nothing, and with each 429 everybody slows down. What is left is tried again minutes later.
 */
export const newPatience = (clock: Pick<Clock, "now">) => {
  let vain = 0;
  let since = 0;
  let isOver = false;
  return {
    heard: (answer: CountAnswer): void => {
      if (!isVain(answer)) vain = 0;
      else if (vain++ === 0) since = clock.now();
      isOver ||= vain >= minVain && clock.now() - since >= patienceMs;
    },
    /** Once it is over, it stays so for this worker. */
    isOver: (): boolean => isOver,
  };
};
