import { expect, it } from "vitest";
import { inParallel } from "#shared/in-parallel";

it("works through everything", async () => {
  const done: number[] = [];

  await inParallel(3, [1, 2, 3, 4, 5, 6, 7], async (item) => void done.push(item));

  expect(done).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

it("begins nothing after a failure, and fails once the work under way has ended", async () => {
  const begun: number[] = [];
  const ended: number[] = [];

  const all = inParallel(2, [1, 2, 3, 4], async (item) => {
    begun.push(item);
    if (item === 1) throw new Error("one");
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended.push(item);
  });

  await expect(all).rejects.toThrow("one");
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([2]);
});
