import { describe, expect, it } from "vitest";
import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { startIntegration } from "#functions/start-integration/start-integration";
import { type Agreement, currentAgreement } from "#shared/agreements/agreement";
import { everyRow, owedTasks, rowsOf } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const { version, sha256 } = currentAgreement;

const withToken = async () => {
  const world = serviceWorld();
  world.gradient.addOrganization({ token: world.token });
  await startIntegration(world.common)(world);
  await world.register({ partnerId: world.partnerId, text: world.token, by: world.by });
  return world;
};

const confirmation = (world: ServiceWorld, change = {}) => ({
  partnerId: world.partnerId,
  version,
  sha256,
  by: world.by,
  name: "Ada Admin",
  email: "ada@example.com",
  ...change,
});
const confirm = (world: ServiceWorld, change = {}, agreement: Agreement = currentAgreement) =>
  confirmAgreement({ ...world.common, agreement })(confirmation(world, change));
const partnerRows = ({ table, partnerId }: ServiceWorld, prefix: string) =>
  rowsOf(table, `partner#${partnerId}`, prefix);

describe("confirming the agreement", () => {
  it("keeps what was confirmed, by whom, when and from where", async () => {
    const world = await withToken();

    const { isNew } = await confirm(world);

    const at = world.clock.date().toISOString();
    expect(isNew).toBe(true);
    expect(await world.integration()).toMatchObject({
      state: "awaiting-mapping",
      agreement: { version, sha256, confirmedAt: at, confirmedBy: "user-1" },
      mapping: { waitingSince: at, nextCheckAt: at },
    });
    expect(partnerRows(world, "event#")).toContainEqual(
      expect.objectContaining({
        type: "agreement.confirmed",
        at,
        actor: "user-1",
        actorName: "Ada Admin",
        address: "203.0.113.7",
        details: expect.objectContaining({ version, sha256 }),
      }),
    );
  });

  it("owes the owner one e-mail and Gradient the accounts, in the same step", async () => {
    const world = await withToken();

    await confirm(world);

    const mails = partnerRows(world, "mail#");
    expect(mails).toMatchObject([
      {
        status: "queued",
        facts: {
          kind: "agreement-confirmed",
          version,
          sha256,
          confirmedByName: "Ada Admin",
          confirmedByEmail: "ada@example.com",
          address: "203.0.113.7",
        },
      },
    ]);
    expect(owedTasks(world.table)).toHaveLength(3);
    expect(owedTasks(world.table)).toEqual(
      expect.arrayContaining([
        { kind: "sync-catalogue" },
        { kind: "send-owner-mail", partnerId: world.partnerId, mailId: mails[0]?.id },
        { kind: "sync-accounts", partnerId: world.partnerId, reason: "confirmed" },
      ]),
    );
  });

  it("is told the owner by the sub of a person whose token has no name", async () => {
    const world = await withToken();

    await confirm(world, { name: "" });

    expect(partnerRows(world, "mail#")).toMatchObject([{ facts: { confirmedByName: "user-1" } }]);
  });

  it("a second time has no effect: one mail, one task, one event", async () => {
    const world = await withToken();
    await confirm(world);
    const before = everyRow(world.table);

    const { isNew } = await confirm(world, { name: "Somebody Else" });

    expect(isNew).toBe(false);
    expect(everyRow(world.table)).toEqual(before);
  });

  it("twice at the same time has one effect", async () => {
    const world = await withToken();

    const ends = await Promise.all([confirm(world), confirm(world), confirm(world)]);

    expect(ends.map(({ isNew }) => isNew).sort()).toEqual([false, false, true]);
    expect(partnerRows(world, "mail#")).toHaveLength(1);
    expect(owedTasks(world.table)).toHaveLength(3);
  });

  it("sends the owner one e-mail, however often it was clicked", async () => {
    const world = serviceWorld();
    await world.connect();

    await confirm(world);
    await world.work();

    expect(world.mailer.sent).toHaveLength(1);
  });

  it.each([
    ["an older version", { version: "2020-01-01" }],
    ["another text under the same version", { sha256: "0".repeat(64) }],
  ])("is refused for %s", async (_, change) => {
    const world = await withToken();
    const before = everyRow(world.table);

    await expect(confirm(world, change)).rejects.toMatchObject({
      kind: "conflict",
      code: "agreement.outdated",
      extra: { currentVersion: version },
    });
    expect(everyRow(world.table)).toEqual(before);
  });

  it("asks again, with a mail of its own, once the text has changed", async () => {
    const world = await withToken();
    await confirm(world);
    const next = { ...currentAgreement, version: "2027-01-01", sha256: "b".repeat(64) };

    await expect(confirm(world, {}, next)).rejects.toMatchObject({ code: "agreement.outdated" });
    const { isNew } = await confirm(world, { version: next.version, sha256: next.sha256 }, next);

    expect(isNew).toBe(true);
    expect(partnerRows(world, "mail#")).toHaveLength(2);
    expect((await world.integration()).agreement).toMatchObject({ version: "2027-01-01" });
  });

  it("keeps a newer one, though a service that was rolled back shows an older text", async () => {
    const world = await withToken();
    await confirm(world);
    const before = everyRow(world.table);
    const older = { ...currentAgreement, version: "2026-01-01", sha256: "b".repeat(64) };

    const { integration, isNew } = await confirm(world, { version: older.version, sha256: older.sha256 }, older);

    expect(isNew).toBe(false);
    expect(integration.agreement).toMatchObject({ version, sha256 });
    expect(everyRow(world.table)).toEqual(before);
  });

  it.each<[string, (world: ServiceWorld) => Promise<unknown>, string]>([
    ["before the start", async () => undefined, "not-started"],
    ["before the token", (world) => startIntegration(world.common)(world), "awaiting-token"],
    [
      "after a disconnect",
      async (world) => {
        await world.connect();
        await disconnectIntegration(world.common)(world);
      },
      "disconnected",
    ],
  ])("is out of step %s", async (_, prepare, state) => {
    const world = serviceWorld();
    await prepare(world);
    const before = everyRow(world.table);

    await expect(confirm(world)).rejects.toMatchObject({
      kind: "conflict",
      code: "integration.wrong-step",
      extra: { state },
    });
    expect(everyRow(world.table)).toEqual(before);
  });
});
