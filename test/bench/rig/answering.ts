interface Question {
  id: number;
  name: string;
  given: unknown;
}

export interface Reply {
  id: number;
  answer?: unknown;
  failure?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: what is asked for by name is checked by neither side of a pipe
type Answers = Record<string, (given: any) => unknown>;

/** Answers the questions of the process that started this one. */
export const answering = (answers: Answers): void => {
  const reply = (message: Reply) => process.send?.(message);
  process.on("message", async ({ id, name, given }: Question) => {
    try {
      reply({ id, answer: await answers[name]?.(given) });
    } catch (error) {
      reply({ id, failure: error instanceof Error ? (error.stack ?? error.message) : "failed" });
    }
  });
  // the bench is gone
  process.on("disconnect", () => process.exit());
};
