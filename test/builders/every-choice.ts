/** Answers a number from 0 up to but not including `of`. */
export type Choose = (of: number) => number;

/** Plays everything that may be chosen: again and again, each time with choices that it has not had yet. */
export const everyChoice = async (play: (choose: Choose) => Promise<void>): Promise<number> => {
  const chosen: { it: number; of: number }[] = [];
  for (let plays = 1; ; plays += 1) {
    let at = 0;
    await play((of) => {
      const choice = chosen[at] ?? { it: 0, of };
      chosen[at] = choice;
      at += 1;
      return choice.it;
    });
    chosen.length = at;
    while (chosen.length > 0) {
      const last = chosen.at(-1);
      if (last && last.it + 1 < last.of) {
        last.it += 1;
        break;
      }
      chosen.pop();
    }
    if (chosen.length === 0) return plays;
  }
};
