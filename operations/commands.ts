import { OperatorProblem, type Place, readArguments } from "./options.ts";

const where = "--stage is dev, prod or local; --table names a table instead.";

const usageOfBreakers = `npm run breakers -- list --stage prod                       what is open
npm run breakers -- close vendor --stage prod               lets everybody go on
npm run breakers -- close 'partner#org-1001' --stage prod   lets one partner go on
${where}`;

/** `close`: the breaker that is to be closed; null where they are listed. */
export const readBreakersCommand = (args: string[]): { close: string | null; place: Place } => {
  const { words, place } = readArguments(args, usageOfBreakers);
  const [verb, key, ...more] = words;
  const isList = verb === "list" && key === undefined;
  const isClose = verb === "close" && key !== undefined && more.length === 0;
  if (!isList && !isClose) throw new OperatorProblem(usageOfBreakers);
  return { close: isClose ? key : null, place };
};

const usageOfAdmission = `npm run admission -- list --stage prod      what is under way
npm run admission -- rebuild --stage prod   lists the admitted runs anew: lost ones come back, those that are over go
${where}`;

export const readAdmissionCommand = (args: string[]): { verb: "list" | "rebuild"; place: Place } => {
  const { words, place } = readArguments(args, usageOfAdmission);
  const [verb, ...more] = words;
  if ((verb !== "list" && verb !== "rebuild") || more.length > 0) throw new OperatorProblem(usageOfAdmission);
  return { verb, place };
};
