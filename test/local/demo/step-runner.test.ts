import { describe, expect, it } from "vitest";
import { stepRunner } from "#local/demo/steps/step-runner";
import { terminalOn } from "#local/demo/traveller/terminal";
import { waitFor } from "#local/demo/traveller/wait-for";

describe("stepRunner", () => {
  it("numbers the steps and hands on what they found", async () => {
    const written: string[] = [];
    const step = stepRunner(terminalOn({ write: (text) => written.push(text), ansi: false }), 2);

    expect(await step("First", async () => 1)).toBe(1);
    expect(await step("Second", async () => 2)).toBe(2);

    expect(written).toEqual(["\n1 of 2  First\n", "\n2 of 2  Second\n"]);
  });

  it("names the step that failed", async () => {
    const step = stepRunner(terminalOn({ write: () => {}, ansi: false }), 2);
    await step("First", async () => {});

    const failing = step("Second", () => Promise.reject(new Error("nothing came")));

    await expect(failing).rejects.toThrow('Step 2, "Second", failed: nothing came');
  });
});

describe("waitFor", () => {
  it("looks until there is something to see, be it zero", async () => {
    let looks = 0;

    const seen = await waitFor(async () => (++looks < 3 ? undefined : 0), { complaint: () => "nothing", everyMs: 1 });

    expect([seen, looks]).toEqual([0, 3]);
  });

  it("complains with what was seen last once its patience has run out", async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      return undefined;
    };

    const waiting = waitFor(look, {
      complaint: () => `still ${looks > 1 ? "pending" : "new"}`,
      timeoutMs: 20,
      everyMs: 5,
    });

    await expect(waiting).rejects.toThrow("still pending after 0 s");
  });

  it("does not wait on when looking fails", async () => {
    const waiting = waitFor(() => Promise.reject(new Error("refused")), { complaint: () => "nothing" });

    await expect(waiting).rejects.toThrow("refused");
  });
});
