import { expect, it } from "vitest";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { removeCustomers } from "#functions/remove-customer/remove-customer";
import { isBilled, listCustomers } from "#shared/customers/customer";
import { pauseAfterLoss } from "#shared/pace/pause-after-loss";
import { aCustomerRow } from "#test/builders/customer";
import { anIntegrationRow } from "#test/builders/integration";
import { aPartnerRow } from "#test/builders/partner";
import { aTableWith } from "#test/builders/table";
import { countingIds, now } from "#test/builders/time";
import { takingTime } from "#test/fakes/taking-time";
import { virtualClock } from "#test/fakes/virtual-clock";
import { seededRandom } from "#test/simulation/world/random";

const partnerId = "org-1001";
const batches = Array.from({ length: 8 }, (_batch, batch) =>
  Array.from({ length: 500 }, (_id, at) => `cust-${batch}-${at}`),
);
type Feed = Parameters<typeof removeCustomers>[0];

it.each<[string, (feed: Feed) => (ids: string[]) => Promise<unknown>]>([
  [
    "are removed",
    (feed) => {
      const remove = removeCustomers(feed);
      return (customerIds) => remove({ partnerId, customerIds });
    },
  ],
  [
    "are billed no more",
    (feed) => {
      const record = recordCustomers(feed);
      return (ids) =>
        record({ partnerId, customers: ids.map((id) => ({ id, name: id, billing: "not-provisioned" as const })) });
    },
  ],
])("takes eight batches of 500 customers at once that %s while a run is under way", async (_, feedOn) => {
  const clock = virtualClock();
  const random = seededRandom(7);
  const customers = batches.flat().map((id) => aCustomerRow({ id }));
  const memory = await aTableWith(aPartnerRow(), anIntegrationRow({ currentExportId: "run-1" }), ...customers);
  const table = takingTime(memory, (ms) => clock.sleep(ms * random.between(0.8, 1.2)));
  const feed = feedOn({ table, now, newId: countingIds(), pauseAfter: pauseAfterLoss(clock, random.next) });
  const begun = clock.now();

  await clock.settle(Promise.all(batches.map(feed)));

  expect((await listCustomers(memory, partnerId)).customers.filter(isBilled)).toEqual([]);
  expect(clock.now() - begun).toBeLessThan(20_000);
});
