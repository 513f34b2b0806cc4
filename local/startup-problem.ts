/** Something the person at the keyboard can put right: `npm start` prints this one sentence and ends. */
export class StartupProblem extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = "StartupProblem";
  }
}

/** Runs a step of the start; whatever it throws becomes the given sentence. */
export const orProblem = async <T>(sentence: string, step: () => T | Promise<T>): Promise<T> => {
  try {
    return await step();
  } catch (error) {
    throw error instanceof StartupProblem ? error : new StartupProblem(sentence);
  }
};
