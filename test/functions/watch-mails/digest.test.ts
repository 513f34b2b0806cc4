import { expect, it } from "vitest";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { activeWorld } from "#test/builders/connected-world";

it("a digest names who is not mapped, and what that leaves unbilled, by what a look has found", async () => {
  const world = await activeWorld(["a", "b", "c"], { mapped: ["a", "b"] });
  for (let hour = 0; hour < 26; hour += 1) {
    await world.pass(60 * 60_000);
    await world.live(1);
  }

  await watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
  await world.work();

  const digests = world.mailer.sent.filter(({ subject }) => subject.startsWith("To be mapped"));
  expect(digests).toHaveLength(1);
  expect(digests[0]?.text).toContain("1 customer\n----------\n\n  * Customer c (10 units not billed)\n");
});
