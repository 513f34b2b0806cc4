import { parseArgs } from "node:util";

/** A sentence for the operator; everything else that goes wrong is a bug. */
export class OperatorProblem extends Error {
  override name = "OperatorProblem";
}

const stages = ["dev", "prod", "local"] as const;
export type Stage = (typeof stages)[number];

/** In a stage's table, or in the one named. */
export type Place = { stage: Stage } | { table: string };

const read = (args: string[], usage: string) => {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { stage: { type: "string" }, table: { type: "string" } },
    });
  } catch {
    throw new OperatorProblem(usage);
  }
};

/** What is to be done, word by word, and where. Throws `usage` for the operator where no place is named. */
export const readArguments = (args: string[], usage: string): { words: string[]; place: Place } => {
  const { values, positionals } = read(args, usage);
  const stage = stages.find((name) => name === values.stage);
  const place = values.table === undefined ? stage && { stage } : { table: values.table };
  if (place === undefined) throw new OperatorProblem(usage);
  return { words: positionals, place };
};
