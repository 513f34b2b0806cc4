import { expect, it } from "vitest";
import { agreements, currentAgreement } from "#shared/agreements/agreement";
import { integrationView } from "#shared/views/integration-view";
import { anIntegration } from "#test/builders/integration";
import { inMemoryTable } from "#test/fakes/in-memory-table";

const dayMs = 24 * 60 * 60_000;
const [first, second] = agreements;
if (!second) throw new Error("There is no second text.");
const since = Date.parse(second.effectiveAt);
const until = since + second.graceDays * dayMs;

const { agreement } = anIntegration();
if (!agreement) throw new Error("An integration has an agreement.");

const shownAt = (ms: number, version: string) =>
  integrationView({
    table: inMemoryTable([]),
    gradientBaseUrl: "https://gradient.example/api",
    now: () => new Date(ms),
    obstacleFor: async () => null,
  })("org-1001", anIntegration({ agreement: { ...agreement, version } }));

it.each([
  ["a moment before the new one is in force", since - 1, []],
  ["during its days of grace", until - 1, [["agreement.renewal-due", new Date(since).toISOString()]]],
  ["after them", until, [["agreement.expired", new Date(until).toISOString()]]],
])("an agreement of an earlier version, %s: the problem is shown, and the state stays", async (_, at, expected) => {
  const { state, problems } = await shownAt(at, first.version);

  expect(state).toBe("active");
  expect(problems.map((problem) => [problem.code, problem.since])).toEqual(expected);
  for (const { whatToDo } of problems) expect(whatToDo).toContain("The agreement has a new version");
});

it("the version in force is no problem, however old it is", async () => {
  expect((await shownAt(until + 900 * dayMs, currentAgreement.version)).problems).toEqual([]);
});
