import { expect, it } from "vitest";
import type { Answer } from "#shared/breakers/state/asking";
import { printedBy } from "#test/builders/stdout";
import { guardedFleet } from "../guarded-fleet.ts";

const errorsOf = async (work: () => Promise<unknown>) =>
  (await printedBy(work)).split("\n").filter((line) => line.includes('"ERROR"'));

it.each<[string, { own: Answer | undefined; others: Answer | undefined }]>([
  ["the partner's organization", { own: "unanswered", others: undefined }],
  ["the others'", { own: "token-rejected", others: "unanswered" }],
])("a doubt is told of after an hour where Gradient tells nothing of %s, and daily from then on", async (_, given) => {
  const { seen, confirm, pass, why, mails } = await guardedFleet(4);
  seen.answer = ({ partnerId }) => (partnerId === "org-2" ? given.own : given.others);
  expect(await confirm("org-2")).toBe("undecided");

  expect(await errorsOf(() => pass(59))).toEqual([]);
  expect(await errorsOf(() => pass(2))).toEqual([
    expect.stringMatching(/"a partner's refused token stays in doubt".*"org-2"|"org-2".*stays in doubt"/),
  ]);
  expect(await errorsOf(() => pass(23 * 60))).toEqual([]);
  expect(await errorsOf(() => pass(60))).toHaveLength(1);
  expect(await why("org-2")).toBe("doubted");
  expect(mails()).toEqual([]);

  seen.answer = () => undefined;
  await pass(2);
  expect(await why("org-2")).toBeNull();
});

it("a doubt about a token that is not stored any more is over: a look finds that out", async () => {
  const { seen, confirm, pass, why, released, asked } = await guardedFleet(4);
  seen.answer = ({ partnerId }) => (partnerId === "org-2" ? "token-missing" : undefined);

  expect(await confirm("org-2")).toBe("undecided");
  await pass(2);

  expect(await why("org-2")).toBeNull();
  expect([released, asked]).toEqual([["org-2"], ["org-2"]]);
});
