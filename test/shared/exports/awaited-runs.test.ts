import { expect, it } from "vitest";
import { isAwaited } from "#shared/exports/start-usage-export";
import type { UsageExport } from "#shared/exports/usage-export";
import { type Integration, noMapping } from "#shared/integrations/integration";
import { noWants, type Wants, wish } from "#shared/integrations/record/wants";
import { aRun } from "#test/builders/ended-run";
import { anIntegration } from "#test/builders/integration";
import { minutesAfter, noon } from "#test/builders/time";

const wished = (minutes: number, trigger: "schedule" | "mapping" | "manual", before: Wants = noWants) =>
  wish(before, "all", { at: minutesAfter(minutes), trigger });
const token = (minutes: number) => ({ token: { ...anIntegration().token, registeredAt: minutesAfter(minutes) } });

it.each<[string, Partial<UsageExport>, unknown, boolean]>([
  ["a look that finds more of the mapping", { kind: "look" }, { wants: wished(1, "mapping") }, true],
  [
    "a look that opens the mapping, whatever was wanted before",
    { kind: "look" },
    { wants: wished(1, "mapping", wished(-9, "schedule")), mapping: { ...noMapping, completedAt: minutesAfter(1) } },
    true,
  ],
  ["a look, by what has been in line before", { kind: "look" }, { wants: wished(-9, "schedule") }, false],
  ["a look, by a date that came meanwhile", { kind: "look" }, { wants: wished(1, "schedule") }, false],
  [
    "a look that finds more, by what has been in line before",
    { kind: "look" },
    { wants: wished(1, "mapping", wished(-9, "schedule")) },
    false,
  ],
  ["a run that a new token has stopped", {}, { ...token(1), wants: wished(1, "mapping") }, true],
  ["a run beside which somebody has pressed *Send usage*", {}, { wants: wished(1, "manual") }, true],
  [
    "a run that met what would stop the next one, too",
    { stop: "vendor-key" },
    { ...token(1), wants: wished(1, "manual") },
    false,
  ],
  ["a look that met it", { kind: "look", stop: "gradient-down" }, { wants: wished(1, "mapping") }, false],
  ["a run that something else has stopped", {}, { ...token(-60), wants: wished(1, "mapping") }, false],
])("somebody waits after %s: %#", (_, run, record, awaited) => {
  const over = aRun({ createdAt: noon, ...run });
  const mapping = { ...noMapping, completedAt: minutesAfter(-60 * 24) };
  const after = anIntegration({ mapping, ...token(-60), ...(record as Partial<Integration>) } as Partial<Integration>);

  expect(isAwaited(over, after)).toBe(awaited);
});
