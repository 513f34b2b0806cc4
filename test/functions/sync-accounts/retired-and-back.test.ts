import { expect, it } from "vitest";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { findCustomer } from "#shared/customers/customer";
import { activeWorld, send } from "#test/builders/connected-world";
import { aCustomerRecord } from "#test/builders/customer";

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

  expect(account()).toMatchObject({ isActive: true });
  expect(await world.integration()).toMatchObject({ problems: [], mapping: { changes: { refused: 0 } } });
  expect(await findCustomer(world.table, world.partnerId, "b")).toMatchObject({ retiredAt: null, refusal: null });
});

it("an account that was retired and is never listed again costs a call or two a day once its customer has come back", async () => {
  let tried = 0;
  let isRetired = false;
  const world = await activeWorld(["a", "b"], {
    through: (gradient) => ({
      ...gradient,
      readAccounts: async (token) => (await gradient.readAccounts(token)).filter(({ id }) => !isRetired || id !== "b"),
      createAccounts: async (token, accounts) => {
        tried += Number(isRetired);
        await gradient.createAccounts(token, accounts);
      },
    }),
  });
  await removeCustomer(world.common)({ partnerId: world.partnerId, customerId: "b" });
  await send(world);
  await world.live(5);
  isRetired = true;
  await recordCustomers(world.common)({
    partnerId: world.partnerId,
    customers: [aCustomerRecord({ id: "b", name: "Customer b" })],
  });
  const { proofGen } = await world.integration();

  for (let hour = 0; hour < 71; hour += 1) {
    await world.sync({ partnerId: world.partnerId, reason: "check" });
    await world.live(60);
  }

  expect(tried).toBe(3);
  expect(await world.integration()).toMatchObject({ problems: [], proofGen });
});
