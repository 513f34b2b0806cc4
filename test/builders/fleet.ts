import type { Obstacle } from "#shared/breakers/state/obstacle";
import { type Admission, readAdmission } from "#shared/exports/admission/admission";
import { admitNext } from "#shared/exports/admission/admit";
import { newHold } from "#shared/exports/export-lease";
import { exportWrite, findExport, type UsageExport } from "#shared/exports/usage-export";
import { findIntegration, type Integration } from "#shared/integrations/integration";
import { noSizes } from "#shared/integrations/record/sizes";
import { noWants, type WantKind, type Wants, wish } from "#shared/integrations/record/wants";
import { store } from "#shared/table/table";
import type { InMemoryTable } from "#test/fakes/in-memory-table";
import { anIntegrationRow } from "./integration.ts";
import { aTableWith } from "./table.ts";
import { countingIds, minutesAfter, noon } from "./time.ts";

/** So many ids, in the order of their names. */
export const named = (count: number, prefix = "p"): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(2, "0")}`);

/** A partner that has waited for so many minutes. */
export const waiting = (
  partnerId: string,
  minutes: number,
  kind: WantKind = "all",
  more: Partial<Integration> = {},
) => {
  const trigger = { all: "schedule", retry: "recovery", repeat: "repeat" } as const;
  const wants: Wants = wish(noWants, kind, { at: minutesAfter(-minutes), trigger: trigger[kind] });
  return anIntegrationRow({ partnerId, wants, ...more });
};

export const largeSizes = { sizes: { ...noSizes, lines: 5_000, toSend: 5_000 } };

/** Partners of whom some wait, the job and the workers that admit them, and a clock that a test moves. */
export const fleetOf = async (...rows: Parameters<typeof aTableWith>) => {
  const table = await aTableWith(...rows);
  let time = Date.parse(noon);
  const obstacles = new Map<string | null, Obstacle>();
  const common = { now: () => new Date(time), newId: countingIds(), random: () => 0.5 };
  const dependencies = { ...common, obstacleFor: async (id: string | null) => obstacles.get(id) ?? null };
  const next = (on: InMemoryTable = table) => admitNext({ ...dependencies, table: on });
  const fleet = {
    ...dependencies,
    table,
    obstacles,
    pass: (ms: number): void => {
      time += ms;
    },
    /** As the job does: with a message. */
    admit: (on?: InMemoryTable) => next(on)(null),
    /** As a worker with room does: with its lease. */
    take: (holder: string, on?: InMemoryTable) => next(on)(newHold(holder, time)),
    /** Every run for which there is a place, by partner. */
    admitAll: async (): Promise<string[]> => {
      const admitted: string[] = [];
      for (;;) {
        const run = await fleet.admit();
        if (!run) return admitted;
        admitted.push(run.partnerId);
      }
    },
    admission: (): Promise<Admission> => readAdmission(table),
    integration: async (partnerId: string): Promise<Integration> => {
      const found = await findIntegration(table, partnerId);
      if (!found) throw new Error(`There is no partner ${partnerId}`);
      return found;
    },
    runOf: async (partnerId: string): Promise<UsageExport> => {
      const { currentExportId } = await fleet.integration(partnerId);
      const found = await findExport(table, partnerId, currentExportId ?? "");
      if (!found) throw new Error(`No run of ${partnerId} is under way`);
      return found;
    },
    change: async (partnerId: string, change: Partial<UsageExport>): Promise<void> =>
      store(table, exportWrite({ ...(await fleet.runOf(partnerId)), ...change })),
    end: (partnerId: string): Promise<void> => fleet.change(partnerId, { state: "finished" }),
  };
  return fleet;
};
