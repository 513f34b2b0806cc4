import { expect, it } from "vitest";
import * as z from "zod";
import { type Described, problemsOf } from "#api/problems";
import { routes } from "#api/routes";
import { keyOf } from "#shared/lambda/http/route";
import { ownTroubles } from "./own-troubles.ts";
import { type Answered, troubles } from "./troubled-calls.ts";

const all: readonly Described[] = routes;
const problem = z.object({ code: z.string() });

const told = ({ status, body }: Answered): string[] => {
  const { code } = problem.safeParse(body).data ?? {};
  return code === undefined ? [] : [`${status} ${code}`];
};

it.each(all.map((described) => [keyOf(described.route), described] as const))(
  "%s answers each problem that is declared of it",
  async (routeKey, described) => {
    const own = Object.values(ownTroubles[routeKey] ?? {});
    const met = new Set<string>();
    for (const trouble of [...troubles, ...own]) {
      for (const answered of await trouble(described)) if (answered) for (const one of told(answered)) met.add(one);
    }

    const declared = [...problemsOf(described)].flatMap(([status, codes]) => codes.map((code) => `${status} ${code}`));
    expect([...met].sort()).toEqual(declared.sort());
  },
);
