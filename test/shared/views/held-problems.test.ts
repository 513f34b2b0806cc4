import { expect, it } from "vitest";
import type { Obstacle } from "#shared/breakers/state/obstacle";
import type { Integration } from "#shared/integrations/integration";
import { integrationView } from "#shared/views/integration-view";
import { anIntegration } from "#test/builders/integration";
import { minutesAfter, now } from "#test/builders/time";
import { inMemoryTable } from "#test/fakes/in-memory-table";

const held: Pick<Obstacle, "since" | "retryAt"> = { since: minutesAfter(-3), retryAt: minutesAfter(12) };

const problemsOf = async (obstacle: Obstacle | null, stored: ReturnType<typeof anIntegration>["problems"] = []) => {
  const view = integrationView({
    table: inMemoryTable([]),
    gradientBaseUrl: "https://gradient.example/api",
    now,
    obstacleFor: async () => obstacle,
  });
  return (await view("org-1001", anIntegration({ problems: stored }))).problems;
};

it.each([
  ["gradient-refuses", "partner", "gradient.forbidden", "Gradient refuses the calls for your organization"],
  ["gradient-refuses", "vendor", "gradient.forbidden", "Gradient refuses the hub's calls for everybody"],
  ["gradient-down", "vendor", "gradient.unavailable", "Gradient is failing"],
  ["vendor-key", "vendor", "gradient.vendor-key-rejected", "for its own key as it seems"],
] as const)("%s of %s is told since when and until when no call goes out", async (why, scope, code, words) => {
  expect(await problemsOf({ why, scope, ...held })).toEqual([
    { code, ...held, whatToDo: expect.stringContaining(words) },
  ]);
});

it("is told of a partner's own calls only while it has a key to call with", async () => {
  const { token, gradient } = anIntegration();
  const asked: unknown[] = [];
  const view = integrationView({
    table: inMemoryTable([]),
    gradientBaseUrl: "https://gradient.example/api",
    now,
    obstacleFor: async (...named) => {
      asked.push(named);
      return null;
    },
  });
  if (!token || !gradient) throw new Error("It is connected.");
  const closing: Integration["closing"] = {
    ...{ finalCounts: "zero", remaining: 1, tries: 0, refused: 0, until: minutesAfter(60), retryAt: minutesAfter(15) },
    ...{ token, gradient, by: { actor: "person-1", actorName: null, address: null } },
  };
  for (const change of [{}, { token: null }, { token: null, closing }]) await view("org-1001", anIntegration(change));

  expect(asked).toEqual([
    ["org-1001", token.versionId],
    [null, undefined],
    ["org-1001", token.versionId],
  ]);
});

it("is told once, and what holds no call has no moment", async () => {
  const stored = [
    { code: "gradient.forbidden", since: minutesAfter(-60) },
    { code: "accounts.refused", since: minutesAfter(-60) },
  ] as const;

  expect(await problemsOf({ why: "gradient-refuses", scope: "partner", ...held }, [...stored])).toMatchObject([
    { code: "accounts.refused", retryAt: null },
    { code: "gradient.forbidden", ...held },
  ]);
  expect(await problemsOf({ why: "doubted", scope: "partner", ...held })).toEqual([]);
});
