import { describe, expect, it } from "vitest";
import { stepRunner } from "#local/demo/steps/step-runner";
import { terminalOn } from "#local/demo/traveller/terminal";

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
