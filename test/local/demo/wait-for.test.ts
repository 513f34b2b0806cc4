import { afterEach, describe, expect, it, vi } from "vitest";
import { waitFor } from "#local/demo/traveller/wait-for";
import { leapingClock } from "./leaping-clock.ts";

afterEach(() => vi.restoreAllMocks());

const told = () => {
  const lines: string[] = [];
  return { lines, terminal: { line: (text = "") => void lines.push(text) } };
};
const untold = { ...told(), awaited: () => "It comes by itself." };

describe("waitFor", () => {
  it("looks until there is something to see, be it zero", async () => {
    let looks = 0;

    const seen = await waitFor(async () => (++looks < 3 ? undefined : 0), {
      ...untold,
      complaint: () => "nothing",
      everyMs: 1,
    });

    expect([seen, looks]).toEqual([0, 3]);
  });

  it("complains with what was seen last once its patience has run out", async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      return undefined;
    };

    const waiting = waitFor(look, {
      ...untold,
      complaint: () => `still ${looks > 1 ? "pending" : "new"}`,
      timeoutMs: 20,
      everyMs: 5,
    });

    await expect(waiting).rejects.toThrow("still pending after 0 s");
  });

  it("does not wait on when looking fails", async () => {
    const waiting = waitFor(() => Promise.reject(new Error("refused")), { ...untold, complaint: () => "nothing" });

    await expect(waiting).rejects.toThrow("refused");
  });
});

describe("where nothing moves, waitFor", () => {
  /** What it says when so many milliseconds go by before each look; `moves` is what is seen moving at each. */
  const saidWhile = async (
    steps: number[],
    { moves = [], words = [] }: { moves?: number[]; words?: string[] } = {},
  ) => {
    const { lines, terminal } = told();
    const { leap } = leapingClock();
    let looks = -1;
    await waitFor(
      async () => {
        looks += 1;
        leap(steps[looks] ?? 0);
        return looks < steps.length ? undefined : true;
      },
      {
        terminal,
        complaint: () => "nothing",
        awaited: () => words[looks] ?? "It comes by itself.",
        moved: () => moves[looks],
        everyMs: 1,
      },
    );
    return lines;
  };

  it("says nothing for some seconds, then what comes, and until when it waits", async () => {
    expect(await saidWhile([5_000])).toEqual([]);
    expect(await saidWhile([5_000, 2_000, 20_000])).toEqual([
      expect.stringMatching(
        /^ {2}… Nothing has moved for 7 s\. It comes by itself\. The demo waits until \d\d:\d\d:\d\d UTC\.$/,
      ),
    ]);
  });

  it("says now and then that it still waits", async () => {
    expect(await saidWhile([7_000, 31_000, 1_000])).toEqual([
      expect.stringContaining("It comes by itself."),
      expect.stringMatching(/^ {2}… Nothing has moved for 38 s; the demo waits until \d\d:\d\d:\d\d UTC\.$/),
    ]);
  });

  it("says it anew where something else keeps it", async () => {
    expect(await saidWhile([7_000, 1_000], { words: ["One.", "Another."] })).toEqual([
      expect.stringContaining("for 7 s. One."),
      expect.stringContaining("for 8 s. Another."),
    ]);
  });

  it("counts from what moved last", async () => {
    expect(await saidWhile([5_000, 5_000, 5_000], { moves: [0, 1, 2, 2] })).toEqual([]);
    expect(await saidWhile([5_000, 5_000, 7_000], { moves: [0, 1, 1, 1] })).toEqual([
      expect.stringContaining("Nothing has moved for 7 s."),
    ]);
  });

  it("tells the moment at which its patience ends", async () => {
    vi.spyOn(Date, "now").mockReturnValue(Date.parse("2026-11-27T07:00:00Z"));

    expect(await saidWhile([20_000])).toEqual([expect.stringContaining("The demo waits until 07:02:40 UTC.")]);
  });
});
