import { expect } from "vitest";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import type { AppError } from "#shared/errors";
import { activeWorld } from "#test/builders/connected-world";
import type { ServiceWorld } from "#test/fakes/service-world";

export const hourMs = 60 * 60_000;
export const dayMs = 24 * hourMs;

export const organizationOf = (world: ServiceWorld) => {
  const organization = world.gradient.organizationOf(world.token);
  if (!organization) throw new Error("The partner is not in Gradient");
  return organization;
};
export const setStatus = (world: ServiceWorld, status: string) => {
  organizationOf(world).connection.status = status;
};
export const accountsOf = (world: ServiceWorld) => [...organizationOf(world).accounts.keys()].sort();
export const press = (world: ServiceWorld) => checkMapping(world.common)({ partnerId: world.partnerId, by: world.by });
export const codes = async (world: ServiceWorld) => (await world.integration()).problems.map(({ code }) => code);
export const mailsSince = ({ mailer }: ServiceWorld) =>
  mailer.sent.slice(1).map(({ subject }) => subject.replace(": Example MSP", ""));
export const gone = "The integration was disconnected in Gradient";
export const back = "Usage is being sent to Gradient again";
export const events = ({ table, partnerId }: ServiceWorld, type: string) =>
  [...table.rows.values()].filter((row) => row.pk === `partner#${partnerId}` && row.type === type).length;

/** Two customers whose counts Gradient holds, and a Gradient that can lie about them. */
export const lyingWorld = async () => {
  const lies: { isEmpty: boolean; isInactive: boolean; answer?: AppError | undefined } = {
    isEmpty: false,
    isInactive: false,
  };
  const world = await activeWorld(["a", "b"], {
    through: (gradient) => ({
      ...gradient,
      readAccounts: async (token) => {
        if (lies.answer) throw lies.answer;
        return lies.isEmpty ? [] : gradient.readAccounts(token);
      },
      readConnection: async (token) => {
        const connection = await gradient.readConnection(token);
        return lies.isInactive ? { ...connection, status: "inactive" } : connection;
      },
    }),
  });
  return { world, lies };
};

/** The same, suspended because of an empty list that somebody's look has met. */
export const suspendedWorld = async () => {
  const { world, lies } = await lyingWorld();
  lies.isEmpty = true;
  await press(world);
  await world.live(7);
  expect(await world.integration()).toMatchObject({
    state: "suspended",
    problems: [{ code: "gradient.disconnected" }],
  });
  lies.isEmpty = false;
  return world;
};

/** Days go by, each with what is due then. */
export const days = async (world: ServiceWorld, count: number) => {
  for (let day = 0; day < count; day += 1) {
    await world.pass(dayMs);
    await world.live(3);
  }
};
