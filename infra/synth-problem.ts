/** What whoever synthesises can put right themselves: said in one sentence, where a stack trace would only hide it. */
export class SynthProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SynthProblem";
  }
}
