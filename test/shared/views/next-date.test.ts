import { expect, it } from "vitest";
import type { IntegrationState } from "#shared/integrations/integration";
import { integrationView } from "#shared/views/integration-view";
import { anIntegration } from "#test/builders/integration";
import { minutesAfter, now } from "#test/builders/time";
import { inMemoryTable } from "#test/fakes/in-memory-table";

it.each<[IntegrationState, string, string | null]>([
  ["active", minutesAfter(60), minutesAfter(60)],
  ["suspended", minutesAfter(60), null],
  ["suspended", minutesAfter(-60), null],
  ["awaiting-mapping", minutesAfter(60), null],
])(
  "of a partner that is %s, a date at %s is told as %s: none is promised that sends nothing",
  async (state, nextRunAt, told) => {
    const view = integrationView({
      table: inMemoryTable([]),
      gradientBaseUrl: "https://gradient.example/api",
      now,
      obstacleFor: async () => null,
    });

    expect((await view("org-1001", anIntegration({ state, nextRunAt }))).exports.nextRunAt).toBe(told);
  },
);
