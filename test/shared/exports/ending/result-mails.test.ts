import { describe, expect, it } from "vitest";
import { putNotifications } from "#functions/put-notifications/put-notifications";
import { endOf } from "#shared/exports/ending/end-export";
import { resultMails } from "#shared/exports/ending/result-mails";
import { noTotals } from "#shared/exports/line";
import type { ExportKind } from "#shared/exports/usage-export";
import { activeWorld, send } from "#test/builders/connected-world";
import { aRun, endIn } from "#test/builders/ended-run";
import { anIntegration } from "#test/builders/integration";
import { noon, now } from "#test/builders/time";
import type { ServiceWorld } from "#test/fakes/service-world";

/** Gradient refuses every count of a run, or takes them. */
const run = async (world: ServiceWorld, refusals = 0) => {
  for (let count = 0; count < refusals; count += 1) {
    world.gradient.failNext("setUnitCount", { answer: { kind: "rejected", message: "no such unit" } });
  }
  await send(world);
};
const told = ({ mailer }: ServiceWorld) => mailer.sent.map(({ to, subject }) => `${to.email}: ${subject}`);

const quietWorld = async (change: Partial<{ recipients: string[]; onSuccess: boolean }> = {}) => {
  const world = await activeWorld(["a"]);
  const notifications = { recipients: [], onSuccess: false, ...change };
  await putNotifications(world.common)({ partnerId: world.partnerId, notifications, by: world.by });
  await world.work();
  world.mailer.sent.length = 0;
  return world;
};

describe("the result of a run", () => {
  it("is told to nobody while all is well", async () => {
    const world = await quietWorld();

    await run(world);
    await run(world);

    expect(told(world)).toEqual([]);
  });

  it("is told to the owner and to each recipient when lines did not reach Gradient, with their names", async () => {
    const world = await quietWorld({ recipients: ["ann@msp.example"] });

    await run(world, 1);

    expect(told(world).sort()).toEqual([
      "ann@msp.example: Some usage did not reach Gradient: Example MSP",
      "olga@example.com: Some usage did not reach Gradient: Example MSP",
    ]);
    expect(world.mailer.sent[0]?.text).toContain("Customer a, Service");
  });

  it("is told once while outcome and lines stay the same, and again after it had been well in between", async () => {
    const world = await quietWorld();

    await run(world, 2);
    await run(world, 2);
    expect(told(world)).toEqual(["olga@example.com: Usage did not reach Gradient: Example MSP"]);
    await run(world, 1);
    expect(told(world)).toHaveLength(2);
    await run(world);
    expect(told(world)).toHaveLength(2);
    await run(world, 1);
    expect(told(world)).toHaveLength(3);
  });

  it("is told when it is good, too, where that was asked for", async () => {
    const world = await quietWorld({ onSuccess: true });

    await run(world);

    expect(told(world)).toEqual(["olga@example.com: Usage was sent to Gradient: Example MSP"]);
  });

  it("is told when a line is refused again that a person's run of it had brought, and runs of all lines since", async () => {
    const world = await quietWorld();

    await run(world, 1);
    await send(world, "full", { customerIds: ["a"] });
    await run(world);
    expect(told(world)).toHaveLength(1);
    await run(world, 1);
    expect(told(world)).toHaveLength(2);
  });

  it.each<[ExportKind, number, string]>([
    ["repeat", 0, "partial"],
    ["retry", 1, "succeeded"],
  ])("of kind %s that is good again is told by %i mails, and shown as %s", (kind, mails, shown) => {
    const lastExport = { id: "before", outcome: "partial", finishedAt: noon };
    const over = endOf(aRun({ kind, totals: { ...noTotals, lines: 2, accepted: 2 } }), now());

    const owed = resultMails(over, anIntegration({ lastExport }), { at: noon, newId: () => "id" });
    expect(owed.filter(({ put }) => put.sk.startsWith("mail#"))).toHaveLength(mails);
    expect(endIn(aRun({ kind }), { lastExport }).lastExport?.outcome).toBe(shown);
  });
});
