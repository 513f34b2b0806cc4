import { expect, it } from "vitest";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { activeWorld, send } from "#test/builders/connected-world";
import { aCustomerRecord } from "#test/builders/customer";

const dayMs = 24 * 60 * 60_000;

it("an account that was retired is active again once its customer has come back, where Gradient lists no retired one", async () => {
  const world = await activeWorld(["a", "b"], {
    through: (gradient) => ({
      ...gradient,
      readAccounts: async (token) => {
        const all = await gradient.readAccounts(token);
        return all.filter(({ id }) => gradient.organizationOf(token)?.accounts.get(id)?.isActive);
      },
    }),
  });
  const account = () => world.gradient.organizationOf(world.token)?.accounts.get("b");
  await removeCustomer(world.common)({ partnerId: world.partnerId, customerId: "b" });
  await send(world);
  await world.live(5);
  expect(account()).toMatchObject({ isActive: false });

  await recordCustomers(world.common)({
    partnerId: world.partnerId,
    customers: [aCustomerRecord({ id: "b", name: "Customer b" })],
  });
  await world.live(3);
  await world.pass(dayMs);
  await world.live(3);

  expect(account()).toMatchObject({ isActive: true });
});
