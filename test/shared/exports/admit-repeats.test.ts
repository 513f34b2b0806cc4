import { expect, it } from "vitest";
import { admitNext } from "#shared/exports/admission/admit";
import { exportWrite, findExport } from "#shared/exports/usage-export";
import { dueEntries } from "#shared/integrations/record/due-dates";
import { noWants, wish } from "#shared/integrations/record/wants";
import { anIntegration, anIntegrationRow } from "#test/builders/integration";
import { aTableWith } from "#test/builders/table";
import { countingIds, minutesAfter, noon, now } from "#test/builders/time";

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

it.each([
  ["before what was left over, though a hold has put both off", 12, "repeat"],
  ["after it while they have waited for less", 11.9, "retry"],
])("repeats that have waited for twelve hours come %s", async (_, hours, kind) => {
  const since = minutesAfter(-60 * hours);
  const wished = wish(wish(noWants, "retry", { at: since, trigger: "recovery" }), "repeat", {
    at: since,
    trigger: "repeat",
    notBefore: noon,
  });
  const table = await aTableWith(anIntegrationRow({ partnerId: "org-1", nextRunAt: later, wants: wished }));
  const admit = admitNext({ table, now, newId: countingIds(), obstacleFor: async () => null });

  const started = await admit(null);

  expect(await findExport(table, "org-1", started?.exportId ?? "")).toMatchObject({ kind });
});

it.each([
  ["do not wait as long again", 11, 0, 60],
  ["wait for its end", 20, 30, 30],
])("repeats that wait through a hold %s", (_, hours, heldFor, dueIn) => {
  const notBefore = minutesAfter(heldFor);
  const wants = wish(noWants, "repeat", { at: minutesAfter(-60 * hours), trigger: "repeat", notBefore });

  expect(dueEntries(anIntegration({ nextRunAt: later, wants }))).toMatchObject({ dueAt: minutesAfter(dueIn) });
});
