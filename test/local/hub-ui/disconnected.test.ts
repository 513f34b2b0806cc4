import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { readUsageLines } from "#functions/read-integration/read-usage-lines";
import type { Run } from "#local/hub-ui/page/screens/runs/run-words";
import type { Integration } from "#local/hub-ui/page/states";
import { activeWorld, send } from "#test/builders/connected-world";
import { NotNow } from "../../../local/hub-ui/page/screens/runs/not-now.tsx";
import { WhatComesNext } from "../../../local/hub-ui/page/screens/runs/what-comes-next.tsx";
import { NothingIsSent } from "../../../local/hub-ui/page/screens/usage.tsx";
import { rendered } from "./rendered.ts";

const disconnecting = {
  finalCounts: "zero",
  remaining: 3,
  until: "2026-12-05T11:00:00.000Z",
  retryAt: null,
} as unknown as NonNullable<Integration["disconnecting"]>;
const last = { id: "run-1", outcome: "partial", finishedAt: "2026-11-28T11:00:00.000Z" };
const disconnected = (more: object = {}) =>
  ({
    state: "disconnected",
    problems: [],
    disconnecting: null,
    exports: { last, runningId: null, waiting: null, nextRunAt: null },
    ...more,
  }) as unknown as Integration;
const run = {
  id: "run-1",
  mode: "changes",
  state: "finished",
  finishedAt: last.finishedAt,
  totals: { unmapped: 0, rejected: 0, deferred: 3, superseded: 0 },
} as unknown as Run;

describe("the run of zeros of a partner that has disconnected", () => {
  it("says how many are left, and that they go on by themselves", () => {
    const answers = [["GET /v1/integrations/gradient", {}, disconnected({ disconnecting })]] as const;
    const page = rendered(WhatComesNext, { run }, { answers });

    expect(page).toContain("being set to zero: 3 lines left");
    expect(page).toContain("goes on by itself");
  });

  it("sends nobody to connect for it", () => {
    expect(rendered(NotNow, { integration: disconnected({ disconnecting }) })).not.toContain("#/connect");
    expect(rendered(NotNow, { integration: disconnected() })).toContain("#/connect");
  });
});

describe("lines that are not sent yet, in the usage", () => {
  const [refused, good] = [{ status: "rejected" }, { status: "valid" }];

  it.each([
    ["suspended", null, refused, "until the key is replaced"],
    // seems to have disconnected in Gradient, where its key is good
    ["suspended", null, good, "until Gradient is connected again"],
    ["disconnected", null, null, "nothing is sent"],
    ["disconnected", disconnecting, null, "only zeros are sent"],
    ["active", null, good, ""],
  ])("of a partner that is %s (zeros: %o, key: %o): %s", (state, zeros, token, words) => {
    const page = rendered(NothingIsSent, disconnected({ state, disconnecting: zeros, token }));

    expect(words === "" ? page : page.includes(words)).toBe(words === "" ? "" : true);
  });

  it("of one that is disconnected have no accepted count: those of a connection that is over are not read", async () => {
    const world = await activeWorld(["Alder"]);
    await send(world);
    const room = { rows: 200, bytes: 1_000_000 };
    const heldIn = async () => {
      const { items } = await readUsageLines(world)({ partnerId: world.partnerId, room });
      return items.filter(({ lastAccepted }) => lastAccepted !== null).length;
    };
    expect(await heldIn()).toBeGreaterThan(0);
    await disconnectIntegration(world.common)({ partnerId: world.partnerId, by: world.by });

    const page = rendered(NothingIsSent, disconnected());
    expect(await heldIn()).toBe(0);
    expect(page).not.toContain("is shown as accepted");
    expect(page).toContain('href="#/history"');
  });
});

describe("a run of a partner that is suspended", () => {
  it.each([
    ["rejected", "the key is replaced"],
    ["valid", "Gradient is connected"],
  ])("says what has to be first, by the key: %s", (status, words) => {
    const integration = disconnected({ state: "suspended", token: { status } });
    expect(rendered(NotNow, { integration })).toContain(`>${words}</a>`);
  });
});
