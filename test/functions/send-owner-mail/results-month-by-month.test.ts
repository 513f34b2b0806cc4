import { describe, expect, it } from "vitest";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { AppError, InfrastructureFault } from "#shared/errors";
import { owed, type Run } from "#test/builders/owed-result";
import { aMonthLater, both, dayMs, each, quietWorld, refused, toldOf } from "#test/builders/told-results";

describe("of what Gradient does not take, month by month", () => {
  it("what fails all the time is told about once a month", async () => {
    const [first, next, ...more] = await toldOf(
      await quietWorld(),
      Array.from({ length: 40 }, (): Run => ["all", both]),
    );
    expect({ first, more }).toEqual({ first: 0, more: [] });
    // February's last day and January's are 28 days apart
    expect(next).toSatisfy((day) => Number(day) > 24 && Number(day) <= 28);
  });

  it("of what fails all the time every line is told again after a month, though some are tried in between", async () => {
    const world = await aMonthLater(await quietWorld());
    expect(await toldOf(world, [["retry", refused], ["retry", refused], ...each])).toEqual([0, 2]);
  });

  it("what was told a month ago is told again, though other lines were told meanwhile", async () => {
    const world = await quietWorld();
    const runs: Run[] = [
      ["all", both],
      ["narrowed", { d: "deferred" }],
      ["all", both],
    ];
    for (const [place, run] of runs.entries()) {
      await owed(world, `run-${place}`, run);
      await world.work();
      await world.pass(14 * dayMs);
    }
    expect(world.mailer.sent).toHaveLength(3);
  });

  it.each([
    ["is away", new AppError("unavailable", "mail.unavailable", "not now")],
    ["refuses us", new InfrastructureFault("not verified")],
  ])("what is told again after a month is not lost where the mail service %s at that moment", async (_, fault) => {
    const world = await aMonthLater(await quietWorld());
    await owed(world, "again", ["all", both]);
    world.mailer.failNext(fault);
    await world.work().catch(() => undefined);
    await world.pass(dayMs / 24);
    await watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
    await world.work();
    expect(world.mailer.sent.map(({ reference }) => reference)).toContain("again");
  });
});
