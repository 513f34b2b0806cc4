import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { demoState } from "#local/demo/demo-state";
import { repositoryRoot } from "#local/options";

const folder = (name: string) => resolve(repositoryRoot, name);

describe("the demo's state", () => {
  it("is one of its own, begun anew, so that the next npm start finds its state as it left it", () => {
    expect(demoState({})).toMatchObject({
      known: [folder("local/.state"), folder("local/.state-demo")],
      folder: folder("local/.state-demo"),
      flags: ["--fresh"],
      comesBackBy: "GRADIENT_BILLING_STATE=local/.state-demo npm start",
    });
  });

  it("is the chosen one where one was chosen, and nothing of it is forgotten", () => {
    expect(demoState({ GRADIENT_BILLING_STATE: "/tmp/mine", PORT_BASE: "4100" })).toMatchObject({
      known: ["/tmp/mine"],
      folder: "/tmp/mine",
      flags: [],
      comesBackBy: "PORT_BASE=4100 GRADIENT_BILLING_STATE=/tmp/mine npm start",
    });
  });

  it("is looked for at the ports that were asked for, and at any where none were", () => {
    const { isMeant } = demoState({ PORT_BASE: "4100" });

    expect([4000, 4100].map(isMeant)).toEqual([false, true]);
    expect(demoState({}).isMeant(4711)).toBe(true);
  });
});
