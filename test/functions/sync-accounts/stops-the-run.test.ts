import { expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { suspectDisconnection } from "#functions/sync-accounts/suspect-disconnection";
import { integrationWrite } from "#shared/integrations/integration";
import { takenBy } from "#shared/integrations/record/looks";
import { noWants, wish } from "#shared/integrations/record/wants";
import { resumeIntegration } from "#shared/integrations/resume-integration";
import { store } from "#shared/table/table";
import { sendingFleet } from "#test/builders/sending-fleet";

const lines = 1_000;
// a call that is under way, and the next checkpoint
const heardWithinMs = 3_000;

/** A partner whose run is under way, and a second look that says that it has disconnected in Gradient. */
const runningFleet = async () => {
  const at = "2026-11-22T11:59:00.000Z";
  const wants = wish(noWants, "all", { at, trigger: "schedule" });
  const calledAt: number[] = [];
  const fleet = await sendingFleet([{ id: "p", lines, integration: { wants } }], {
    through: (gradient) => ({
      ...gradient,
      setUnitCount: (token, count) => {
        calledAt.push(fleet.clock.now());
        return gradient.setUnitCount(token, count);
      },
    }),
  });
  const iso = (now: number) => new Date(now).toISOString();
  const suspend = async () => {
    const now = fleet.clock.now();
    const before = await fleet.integration("p");
    const looks = { ...takenBy(before.looks, "look", iso(now)), suspectedSince: iso(now - 6 * 60_000) };
    await store(fleet.table, integrationWrite({ ...before, looks }));
    const integration = await fleet.integration("p");
    const begun = { integration, holder: "look", work: "look", asked: integration.looks.asked, at: iso(now) } as const;
    expect(await suspectDisconnection(fleet)(begun)).toBe("disconnected-there");
  };
  return { fleet, calledAt, suspend };
};

it("whoever is suspended as disconnected in Gradient is sent no more of a run under way, and all of it on its return", async () => {
  const { fleet, calledAt, suspend } = await runningFleet();
  let suspendedAt = Number.NaN;
  const suspended = fleet.clock.sleep(5_000).then(async () => {
    suspendedAt = fleet.clock.now();
    await suspend();
  });

  await fleet.live(3);
  await suspended;

  const [run] = await fleet.runsOf("p");
  expect(run).toMatchObject({ state: "finished", outcome: "partial", stop: "not-connected" });
  expect(calledAt.filter((at) => at > suspendedAt + heardWithinMs)).toEqual([]);
  expect(calledAt.length).toBeLessThan(lines);
  // the one about the suspension
  expect(fleet.mails()).toEqual(["p"]);

  const { token, gradient } = await fleet.integration("p");
  const before = calledAt.length;
  if (!gradient) throw new Error("The partner has no connection");
  await resumeIntegration(fleet)({
    partnerId: "p",
    versionId: token?.versionId ?? "",
    connection: gradient,
    isBack: true,
  });
  await fleet.live(3);

  expect(calledAt.length - before).toBe(lines);
  expect((await fleet.runsOf("p"))[0]).toMatchObject({ outcome: "succeeded", totals: { accepted: lines } });
});

it("a run that a person has cancelled stays cancelled", async () => {
  const { fleet, suspend } = await runningFleet();
  const suspended = fleet.clock.sleep(5_000).then(async () => {
    const exportId = (await fleet.integration("p")).currentExportId ?? "";
    await cancelExport(fleet)({ partnerId: "p", exportId, by: { actor: "p", actorName: null, address: null } });
    await suspend();
  });

  await fleet.live(1);
  await suspended;

  expect(await fleet.runsOf("p")).toMatchObject([{ state: "cancelled", stop: "cancelled" }]);
});
