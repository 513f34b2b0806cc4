import { expect, it } from "vitest";
import { sendCount } from "#functions/export-usage/send/send-count";
import { partnerToken } from "#shared/gradient/gradient-token";
import { virtualClock } from "#test/fakes/virtual-clock";

const token = partnerToken.parse("gradient-partner-token-0001");
const count = { serviceId: "dns", accountId: "a", unitCount: 4, rebuildsViews: false };

it.each([
  ["before the wait for its moment", 1],
  ["during the wait for its moment", 2],
])("makes no repeat that is forbidden %s, and leaves the number in doubt", async (_, deniedAt) => {
  const clock = virtualClock();
  let calls = 0;
  let asked = 0;
  const gradient = {
    setUnitCount: async () => {
      calls += 1;
      return { kind: "in-doubt", reason: "time-out" } as const;
    },
  };
  const pacer = { slot: async () => true, slowDown: async () => undefined, expect: () => undefined };
  const mayGoOn = async () => {
    asked += 1;
    return asked < deniedAt;
  };

  const sending = sendCount({ gradient, pacer, clock, random: () => 0.5 })(token, count, mayGoOn);

  expect(await clock.settle(sending)).toMatchObject({ answer: { kind: "in-doubt" }, wasInDoubt: true });
  expect(calls).toBe(1);
});
