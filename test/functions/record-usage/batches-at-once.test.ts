import { expect, it } from "vitest";
import { recordUsage } from "#functions/record-usage/record-usage";
import { pauseAfterLoss } from "#shared/pace/pause-after-loss";
import { readUsage } from "#shared/usage/usage";
import { aCustomerRow } from "#test/builders/customer";
import { anIntegrationRow } from "#test/builders/integration";
import { aPartnerRow } from "#test/builders/partner";
import { aServiceRow } from "#test/builders/service";
import { aTableWith } from "#test/builders/table";
import { now } from "#test/builders/time";
import { aMeasurement } from "#test/builders/usage";
import { takingTime } from "#test/fakes/taking-time";
import { virtualClock } from "#test/fakes/virtual-clock";
import { seededRandom } from "#test/simulation/world/random";

const partnerId = "org-1001";
const idOf = (batch: number, index: number) => `cust-${batch}-${index}`;

it.each([
  ["is active", [anIntegrationRow({ state: "active" })]],
  ["has not started", []],
] satisfies [string, ReturnType<typeof anIntegrationRow>[]][])(
  "takes eight batches of first counts of a thousand customers at once of a partner that %s",
  async (_, rows) => {
    const clock = virtualClock();
    const random = seededRandom(7);
    const batches = Array.from({ length: 8 }, (_batch, batch) =>
      Array.from({ length: 1_000 }, (_id, at) => idOf(batch, at)),
    );
    const customers = batches.flat().map((id) => aCustomerRow({ id }));
    const memory = await aTableWith(aPartnerRow(), aServiceRow(), ...rows, ...customers);
    const table = takingTime(memory, (ms) => clock.sleep(ms * random.between(0.8, 1.2)));
    const record = recordUsage({ table, now, pauseAfter: pauseAfterLoss(clock, random.next) });
    const begun = clock.now();

    const refused = await clock.settle(
      Promise.all(
        batches.map((ids) =>
          record({
            partnerId,
            measurements: ids.map((customerId, index) => ({ index, record: aMeasurement({ customerId }) })),
          }),
        ),
      ),
    );

    expect(refused.flat()).toEqual([]);
    expect((await readUsage(memory, partnerId, batches.flat())).size).toBe(8_000);
    expect(clock.now() - begun).toBeLessThan(28_000);
  },
);
