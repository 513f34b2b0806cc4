import { expect, it } from "vitest";
import { printedBy } from "#test/builders/stdout";
import { guardedFleet } from "../guarded-fleet.ts";

it("a doubt that Gradient never answers is told of, once it has lasted for a day", async () => {
  const fleet = await guardedFleet(4);
  fleet.seen.answer = ({ partnerId }) => (partnerId === "org-2" ? "unanswered" : undefined);

  const printed = await printedBy(async () => {
    expect(await fleet.confirm("org-2")).toBe("undecided");
    await fleet.pass(24 * 60);
  });

  expect(await fleet.why("org-2")).toBe("doubted");
  expect(printed.split("\n").filter((line) => line.includes('"ERROR"')).length + fleet.mails().length).toBeGreaterThan(
    0,
  );
});
