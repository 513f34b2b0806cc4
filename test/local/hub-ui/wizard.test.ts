import { describe, expect, it } from "vitest";
import { pressedWords } from "#local/hub-ui/page/hold";
import type { Run } from "#local/hub-ui/page/screens/runs/run-words";
import type { Integration } from "#local/hub-ui/page/states";
import { isLookedAt, toggled } from "#local/hub-ui/page/wizard/mapping/mapping";
import { outcomeWords } from "#local/hub-ui/page/wizard/sending/export-words";
import { stepWords } from "#local/hub-ui/page/wizard/step-words";
import { momentOf } from "#local/page-parts/words";

const now = Date.parse("2026-11-26T12:00:00.000Z");

describe("what is mapped in Gradient", () => {
  const at = "2026-11-26T11:00:00.000Z";
  const changes = { existed: 0, renamed: 0, retired: 0, refused: 0 };
  const mapping = (facts: object) => ({
    lastCheckedAt: at,
    lastChanges: null,
    accounts: { total: 37, mapped: 0, unknown: 0 },
    ...facts,
  });

  it.each([
    ["before the first look", mapping({ lastCheckedAt: null }), false],
    ["after the look that put customers there", mapping({ lastChanges: { at, created: 37, ...changes } }), false],
    ["after the look that followed", mapping({ lastChanges: { at: "2026-11-26", created: 37, ...changes } }), true],
    ["where nothing had to be put there", mapping({ lastChanges: { at, created: 0, ...changes } }), true],
    [
      "where one was put beside those that are mapped",
      mapping({ lastChanges: { at, created: 1, ...changes }, accounts: { total: 37, mapped: 29, unknown: 0 } }),
      true,
    ],
  ])("%s: it is known: %#", (_when, now, isKnown) => {
    expect(isLookedAt(now)).toBe(isKnown);
  });
});

describe("a press of Check now", () => {
  const at = (time: number): string => new Date(time).toISOString();
  const retryAt = "2026-11-26T12:15:00.000Z";
  const hold = { code: "gradient.forbidden", since: "2026-11-26T11:00:00.000Z", retryAt };

  it("is not told to have Gradient looked at while no call goes out", () => {
    const waiting = { hold: undefined, requestedAt: at(now), heldUntil: null, lastCheckedAt: at(now - 1) };
    const told = (press: Partial<Parameters<typeof pressedWords>[0]>) => pressedWords({ ...waiting, ...press }, now);

    expect(told({})).toContain("Gradient is being looked at");
    expect(told({ lastCheckedAt: null })).toContain("Gradient is being looked at");
    expect(told({ hold })).not.toContain("is being looked at");
    expect(told({ hold, heldUntil: retryAt })).toContain(`No call goes out until ${momentOf(retryAt)}`);
    expect(told({ hold: { ...hold, retryAt: "2026-11-26T11:59:00.000Z" } })).toContain("which is soon");
    // what is being found out is no problem of the page, and over a moment later
    expect(told({ heldUntil: "2026-11-26T12:00:40.000Z" })).toContain("Your check is kept.");
    expect(told({ heldUntil: "2026-11-26T11:59:59.000Z" })).toContain("Gradient is being looked at");
  });

  it("is over with the look that began after it", () => {
    const press = { hold: undefined, requestedAt: at(now), heldUntil: null };

    for (const lastCheckedAt of [at(now), at(now + 900)])
      expect(pressedWords({ ...press, lastCheckedAt }, now + 1_000)).toContain("was looked at since you asked");
    expect(pressedWords({ ...press, hold, lastCheckedAt: at(now + 900) }, now + 1_000)).not.toContain("is kept");
  });
});

describe("the last run", () => {
  it.each([
    [{ state: "finished", outcome: "succeeded" }, "The last run went through"],
    [
      { state: "finished", outcome: "succeeded", reason: "nothing-changed" },
      "Nothing had changed since the run before",
    ],
    [{ state: "cancelled", outcome: null }, "The last run was cancelled"],
    // its partner's key was refused a moment ago, and its worker has not closed it yet
    [{ state: "sending", outcome: null }, "The last run is coming to its end"],
    [{ state: "finished", outcome: "otherwise" }, "The last run ended: otherwise"],
  ])("%j is told as %s", (run, title) => {
    expect(outcomeWords({ reason: null, ...run } as Run).title).toBe(title);
  });
});

describe("a step of the wizard", () => {
  const integration = (facts: object) =>
    ({
      state: "active",
      step: 3,
      exports: { last: { outcome: "succeeded" } },
      mapping: { accounts: { total: 37, mapped: 37 }, services: { total: 4, mapped: 4 } },
      ...facts,
    }) as unknown as Integration;
  const gaps = (customers: number, services: number) => ({
    mapping: {
      accounts: { total: 37, mapped: 37 - customers },
      services: { total: 4, mapped: 4 - services },
    },
  });

  it("says of what nobody could look at yet that it is not known", () => {
    const mapping = { accounts: { total: 37, mapped: 35, unknown: 0 }, services: { total: 4, mapped: 1, unknown: 3 } };
    const told = (facts: object) => stepWords(2, integration({}), { ...mapping, ...facts }).text;

    expect(told({})).toBe("done, but 2 customers not mapped, and of 3 services it is not known yet");
    expect(told({ accounts: { total: 37, mapped: 37, unknown: 0 } })).toBe("of 3 services it is not known yet");
    expect(told({ accounts: { total: 37, mapped: 0, unknown: 37 } })).toBe(
      "of 37 customers and 3 services it is not known yet",
    );
  });

  it.each([
    [2, integration({}), { state: "done", text: "done" }],
    [2, integration(gaps(3, 0)), { state: "done", text: "done, but 3 customers not mapped" }],
    [2, integration(gaps(0, 1)), { state: "done", text: "done, but 1 service not mapped" }],
    [2, integration(gaps(1, 2)), { state: "done", text: "done, but 1 customer and 2 services not mapped" }],
    [2, integration({ step: 2 }), { state: "now", text: "to do now" }],
    [3, integration({ step: 2 }), { state: "later", text: "comes later" }],
    [3, integration({ exports: { last: null } }), { state: "now", text: "to do now" }],
    [3, integration({ exports: { last: { outcome: "failed" } } }), { state: "now", text: "sent: approve in Gradient" }],
    [3, integration({ state: "suspended" }), { state: "now", text: "needs a new key" }],
    // nobody has approved anything yet, as far as the hub knows
    [3, integration({}), { state: "now", text: "sent: approve in Gradient" }],
  ] as const)("%i says what it leaves open: %#", (step, now, words) => {
    expect(stepWords(step, now)).toEqual(words);
  });
});

it("picks a gap once and puts it back", () => {
  const one = toggled(new Set(), "cust-1");

  expect([...one]).toEqual(["cust-1"]);
  expect([...toggled(one, "cust-1")]).toEqual([]);
});
