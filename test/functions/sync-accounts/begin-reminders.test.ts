import { expect, it } from "vitest";
import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { startIntegration } from "#functions/start-integration/start-integration";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { currentAgreement } from "#shared/agreements/agreement";
import { startReminders } from "#shared/mail/reminders";
import { activeWorld, connectedWorld } from "#test/builders/connected-world";
import { rowsOf } from "#test/builders/table";
import type { ServiceWorld } from "#test/fakes/service-world";

const dayMs = 24 * 60 * 60_000;

const remindersOf = ({ table, partnerId }: ServiceWorld) => rowsOf(table, `partner#${partnerId}`, "reminders");

/** As if the partner had confirmed before there were reminders. */
const fromBefore = async (world: ServiceWorld): Promise<ServiceWorld> => {
  const pk = `partner#${world.partnerId}`;
  await world.table.delete({ pk, sk: "reminders" });
  const [row] = rowsOf(world.table, pk, "integration");
  const { isReminded: _, ...older } = row ?? { pk, sk: "", version: 0 };
  await world.table.put(older);
  return world;
};

const refuse = async (world: ServiceWorld) => {
  const organization = world.gradient.organizationOf(world.token);
  if (!organization) throw new Error("not connected");
  organization.token = undefined;
  await world.sync({ partnerId: world.partnerId, reason: "watch" });
  await world.work();
  return organization;
};

const morningPass = (world: ServiceWorld) => watchMails({ ...world.common, tokenPolicyDays: 180 });

it.each<[string, () => Promise<ServiceWorld>]>([
  [
    "whose token is tried daily",
    async () => {
      const world = await fromBefore(await activeWorld());
      await world.pass(dayMs);
      return world;
    },
  ],
  ["that is looked at every minute", async () => fromBefore(await connectedWorld())],
  [
    "whose token Gradient takes again",
    async () => {
      const world = await activeWorld();
      const organization = await refuse(world);
      await fromBefore(world);
      organization.token = world.token;
      await world.pass(dayMs);
      return world;
    },
  ],
  [
    "whose token is of another connection by now",
    async () => {
      const world = await fromBefore(await activeWorld());
      const organization = world.gradient.organizationOf(world.token);
      if (!organization) throw new Error("not connected");
      organization.token = undefined;
      const { organizationId } = organization.connection;
      world.gradient.addOrganization({ token: world.token, organizationId });
      await world.pass(dayMs);
      return world;
    },
  ],
  [
    "whose token Gradient still refuses",
    async () => {
      const world = await activeWorld();
      await refuse(world);
      await fromBefore(world);
      await world.pass(dayMs);
      return world;
    },
  ],
])("a partner that confirmed before there were reminders gets them all the same: one %s", async (_, given) => {
  const world = await given();
  expect(remindersOf(world)).toEqual([]);

  await world.live(1);

  const [begun] = remindersOf(world);
  expect(begun).toMatchObject({ nextAt: expect.stringMatching(/T08:00:00/), told: [] });
  await world.pass(dayMs);
  await world.live(1);
  expect(remindersOf(world)).toEqual([begun]);
});

it("nobody is reminded who has disconnected before", async () => {
  const world = await fromBefore(await activeWorld());
  await disconnectIntegration(world.common)(world);
  await world.work();

  await world.pass(dayMs);
  await world.live(2);

  expect(remindersOf(world)).toEqual([]);
});

it("who connects again is reminded, though the morning's pass has found it disconnected a moment ago", async () => {
  const world = await activeWorld();
  await disconnectIntegration(world.common)(world);
  await world.work();
  await startIntegration(world.common)(world);
  await world.register({ partnerId: world.partnerId, text: world.token, by: world.by });
  // the reminders still stand, for no morning has come; the one that ends them writes between the two
  const { schedule, partnerId } = await world.integration();
  const before = await startReminders(world.table, { partnerId, schedule }, world.clock.date().toISOString());
  const [row] = remindersOf(world);
  if (!row) throw new Error("no reminders");
  await world.table.put({ ...row, nextAt: null, version: row.version + 1 });

  await expect(world.table.transact(before)).rejects.toMatchObject({ code: "table.conflict" });
  const { version, sha256 } = currentAgreement;
  const by = { by: world.by, name: "Ada Admin", email: "ada@example.com" };
  await confirmAgreement({ ...world.common, agreement: currentAgreement })({ partnerId, version, sha256, ...by });

  expect(remindersOf(world)).toMatchObject([{ nextAt: expect.any(String) }]);
  await world.pass(dayMs);
  await morningPass(world)({ remainingMs: () => 60_000 });
  expect(remindersOf(world)).toMatchObject([{ nextAt: expect.any(String) }]);
});
