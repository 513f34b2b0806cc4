import { expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { rowsOf } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";

const hourMs = 60 * 60_000;

it("thirty rounds of connecting and disconnecting make three mails of a kind in a day, and one that tells the rest", async () => {
  const world = serviceWorld();
  for (let round = 0; round < 30; round += 1) {
    await world.connect();
    await disconnectIntegration(world.common)(world);
    await world.work();
    await world.pass(60_000);
  }
  const subjects = () => {
    const count = new Map<string, number>();
    for (const { subject } of world.mailer.sent) count.set(subject, (count.get(subject) ?? 0) + 1);
    return [...count.values()];
  };
  expect(subjects()).toEqual([3, 3]);

  await world.pass(24 * hourMs);
  await watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
  await world.work();

  expect(subjects()).toEqual([4, 4]);
  const mails = rowsOf(world.table, `partner#${world.partnerId}`, "mail#");
  expect(mails).toHaveLength(60);
  // the last of each kind tells of the 26 causes that came after it
  const last = mails.filter(({ furtherCount }) => Number(furtherCount) > 0);
  expect(last.map(({ status, furtherCount }) => [status, furtherCount])).toEqual([
    ["sent", 26],
    ["sent", 26],
  ]);
  expect(mails.filter(({ status, joinedTo }) => status !== "sent" && joinedTo === null)).toEqual([]);
});
