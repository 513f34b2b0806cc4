import type { Table, Write } from "../table/table.ts";
import { findIntegration, integrationWrite, type ProblemCode, withoutProblem, withProblem } from "./integration.ts";

/** What shows and takes back problems of a partner; nothing where its page says so already, or it has none. */
export const problemChanges = async (
  table: Pick<Table, "get">,
  partnerId: string,
  { shown = [], over = [], at }: { shown?: ProblemCode[]; over?: ProblemCode[]; at: string },
): Promise<Write[]> => {
  const before = await findIntegration(table, partnerId);
  if (!before) return [];
  const codes = before.problems.map(({ code }): string => code);
  const isAsItShouldBe = shown.every((code) => codes.includes(code)) && over.every((code) => !codes.includes(code));
  if (isAsItShouldBe) return [];
  let after = before;
  for (const code of over) after = withoutProblem(after, code);
  for (const code of shown) after = withProblem(after, code, at);
  return [integrationWrite(after)];
};
