import { expect, it } from "vitest";
import { admitNext } from "#shared/exports/admission/admit";
import { exportWrite, findExport } from "#shared/exports/usage-export";
import { noWants, wish } from "#shared/integrations/record/wants";
import { anIntegrationRow } from "#test/builders/integration";
import { aTableWith } from "#test/builders/table";
import { countingIds, noon, now } from "#test/builders/time";

const later = "2026-11-23T02:00:00.000Z";
const wantsRepeats = { nextRunAt: later, wants: wish(noWants, "repeat", { at: noon, trigger: "repeat" }) };

it("repeats old counts only when no run with changed ones is under way", async () => {
  const table = await aTableWith(
    anIntegrationRow({ partnerId: "org-1", nextRunAt: noon }),
    anIntegrationRow({ partnerId: "org-2", ...wantsRepeats }),
    anIntegrationRow({ partnerId: "org-3", ...wantsRepeats }),
  );
  const admit = admitNext({ table, now, newId: countingIds(), obstacleFor: async () => null });

  const changed = await admit(null);
  expect(changed).toMatchObject({ partnerId: "org-1" });
  expect(await admit(null)).toBeUndefined();

  const run = await findExport(table, "org-1", changed?.exportId ?? "");
  if (!run) throw new Error("The run is not there");
  await table.transact([exportWrite({ ...run, state: "finished", finishedAt: noon })]);
  expect(await admit(null)).toMatchObject({ partnerId: "org-2" });
  expect(await admit(null)).toMatchObject({ partnerId: "org-3" });
});
