import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { startIntegration } from "#functions/start-integration/start-integration";
import { findIntegration, noMapping } from "#shared/integrations/integration";
import { noLooks } from "#shared/integrations/record/looks";
import { noWants } from "#shared/integrations/record/wants";
import { aPartnerRow } from "#test/builders/partner";
import { everyRow, rowsOf } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";

const at = "2026-11-22T10:00:00.000Z";

describe("starting the integration", () => {
  it("begins at the token, with a nightly schedule in the partner's own time zone", async () => {
    const world = serviceWorld();
    await world.table.put(aPartnerRow({ id: world.partnerId, timeZone: "America/Denver" }));

    const { isNew } = await startIntegration(world.common)(world);

    expect(isNew).toBe(true);
    expect(await findIntegration(world.table, world.partnerId)).toEqual({
      partnerId: world.partnerId,
      state: "awaiting-token",
      startedAt: at,
      startedBy: "user-1",
      token: null,
      gradient: null,
      agreement: null,
      mapping: noMapping,
      schedule: { frequency: "daily", hour: 2, timeZone: "America/Denver", pausedUntil: null },
      nextRunAt: null,
      currentExportId: null,
      lastExport: null,
      wants: noWants,
      proofGen: 0,
      awaitedServiceIds: [],
      onceMapped: [],
      leftOutServiceIds: [],
      looks: noLooks,
      sizes: { lines: 0, toSend: 0, leftOver: null, repeats: null },
      ledgerBits: 0,
      isReminded: false,
      notifications: { recipients: [], onSuccess: false },
      closing: null,
      leftConnections: [],
      secretName: null,
      problems: [],
      version: 1,
    });
  });

  it("is not possible before the feed has told of the partner", async () => {
    const world = serviceWorld();
    const before = everyRow(world.table);

    await expect(startIntegration(world.common)({ partnerId: "org-9", by: world.by })).rejects.toMatchObject({
      kind: "conflict",
      code: "partner.unknown",
    });
    expect(everyRow(world.table)).toEqual(before);
  });

  it("says who did it and from where", async () => {
    const world = serviceWorld();

    await startIntegration(world.common)(world);

    expect(rowsOf(world.table, `partner#${world.partnerId}`, "event#")).toMatchObject([
      { type: "integration.started", at, actor: "user-1", actorName: "Ada Admin", address: "203.0.113.7" },
    ]);
  });

  it("a second time changes nothing", async () => {
    const world = serviceWorld();
    const first = await startIntegration(world.common)(world);
    const before = everyRow(world.table);

    const second = await startIntegration(world.common)(world);

    expect(second).toEqual({ integration: first.integration, isNew: false });
    expect(everyRow(world.table)).toEqual(before);
  });

  it("twice at the same time has one effect", async () => {
    const world = serviceWorld();
    const start = startIntegration(world.common);

    const ends = await Promise.all([start(world), start(world)]);

    expect(ends.map(({ isNew }) => isNew).sort()).toEqual([false, true]);
    expect(rowsOf(world.table, `partner#${world.partnerId}`, "event#")).toHaveLength(1);
  });

  it("after a disconnect brings the settings back and asks for token and agreement again", async () => {
    const world = serviceWorld();
    await world.connect();
    const schedule = { frequency: "weekly", dayOfWeek: 1, hour: 5, timeZone: "UTC", pausedUntil: null } as const;
    await putSchedule(world.common)({ partnerId: world.partnerId, schedule, by: world.by });
    await disconnectIntegration(world.common)(world);

    const { isNew, integration } = await startIntegration(world.common)(world);

    expect(isNew).toBe(true);
    expect(integration).toMatchObject({
      state: "awaiting-token",
      schedule,
      token: null,
      agreement: null,
      nextRunAt: null,
    });
    expect(integration.mapping).toEqual(noMapping);
  });
});
