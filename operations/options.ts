import { parseArgs } from "node:util";

/** A sentence for the operator; everything else that goes wrong is a bug. */
export class OperatorProblem extends Error {
  override name = "OperatorProblem";
}

const stages = ["dev", "prod", "local"] as const;
export type Stage = (typeof stages)[number];

/** `list`, or `close` with a breaker's key; in a stage's table, or in the one named. */
export interface BreakersCommand {
  close: string | null;
  place: { stage: Stage } | { table: string };
}

const usage = `npm run breakers -- list --stage prod                       what is open
npm run breakers -- close vendor --stage prod               lets everybody go on
npm run breakers -- close 'partner#org-1001' --stage prod   lets one partner go on
--stage is dev, prod or local; --table names a table instead.`;

const read = (args: string[]) => {
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

export const readCommand = (args: string[]): BreakersCommand => {
  const { values, positionals } = read(args);
  const [verb, key, ...more] = positionals;
  const stage = stages.find((name) => name === values.stage);
  const place = values.table === undefined ? stage && { stage } : { table: values.table };
  const isList = verb === "list" && key === undefined;
  const isClose = verb === "close" && key !== undefined && more.length === 0;
  if (place === undefined || (!isList && !isClose)) throw new OperatorProblem(usage);
  return { close: isClose ? key : null, place };
};
