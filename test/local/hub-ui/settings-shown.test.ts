import { describe, expect, it } from "vitest";
import type { Integration } from "#local/hub-ui/page/states";
import { Consequences } from "../../../local/hub-ui/page/screens/settings/consequences.tsx";
import { whyNot } from "../../../local/hub-ui/page/screens/settings/disconnect-question.tsx";
import { ScheduleCard } from "../../../local/hub-ui/page/screens/settings/schedule-card.tsx";
import { rendered } from "./rendered.ts";

describe("the schedule's card", () => {
  const [past, future] = ["2026-01-02T02:00:00.000Z", "2100-01-02T02:00:00.000Z"];
  const wait = { since: past, why: "retry", linesAhead: null, expectedAt: null, retryAt: future };
  const card = ({
    state = "active",
    nextRunAt = future,
    waiting = null,
    ...stored
  }: object & Record<string, unknown> = {}) => {
    const integration = { state, exports: { nextRunAt, waiting } } as unknown as Integration;
    const schedule = { frequency: "daily", hour: 2, timeZone: "UTC", pausedUntil: null, ...stored };
    return rendered(ScheduleCard, { integration, schedule });
  };

  it.each([
    ["of a date that is to come", {}, "Skip the next run"],
    ["while something is tried again", { waiting: wait }, "Skip the next run"],
    // a pause would put it off, and it would go out after all
    ["of a date that has come and waits", { nextRunAt: past, waiting: { ...wait, why: "turn" } }, undefined],
    ["while a run waits", { waiting: { ...wait, why: "gradient-down" } }, undefined],
    ["before there is a date", { nextRunAt: null }, undefined],
    ["while Gradient refuses the key", { state: "suspended" }, undefined],
    ["in a pause", { waiting: { ...wait, why: "paused" }, pausedUntil: future }, "End the pause now"],
  ])("offers %s what helps: %#", (_when, facts, name) => {
    expect(/Skip the next run|End the pause now/.exec(card(facts))?.[0]).toBe(name);
  });

  it("is shown, paused or not, in a zone that this browser does not know", () => {
    expect(card({ timeZone: "Mars/Olympus" })).toContain("Every day at 02:00, Mars/Olympus");
    expect(card({ timeZone: "Mars/Olympus", pausedUntil: future })).toContain("Paused until");
  });
});

describe("the question about disconnecting", () => {
  const disconnection = { accounts: 2, lines: 3, units: 40, lastSentAt: null, deleted: [], kept: [] };
  const none = { ...disconnection, accounts: 0, lines: 0, units: 0 };
  const asked = (facts: Partial<Parameters<typeof Consequences>[0]> = {}) =>
    rendered(Consequences, {
      disconnection,
      isKeyRefused: false,
      isUnderWay: false,
      chosen: "keep",
      onChoose: () => undefined,
      ...facts,
    });
  const choices = (told: string): number => told.match(/type="radio"/g)?.length ?? 0;

  it("keeps both choices where the key is refused meanwhile, and says why one is none now", () => {
    expect(choices(asked())).toBe(2);
    expect(choices(asked({ isKeyRefused: true }))).toBe(2);
    expect(asked({ isKeyRefused: true })).toContain(
      "while Gradient refuses your key, nothing can be set to zero there",
    );
  });

  it("lets choose zeros also of what is on its way, or whose answer was lost", () => {
    const doubted = asked({ disconnection: { ...disconnection, units: 0 } });
    const underWay = asked({ disconnection: none, isUnderWay: true });

    expect(choices(doubted)).toBe(2);
    expect(doubted).toContain("Gradient may hold <strong>units of 2 customers</strong> in 3 lines");
    const unheard = asked({ disconnection: { ...disconnection, lastSentAt: null } });
    expect(unheard).toContain("Gradient may hold <strong>40 units of 2 customers</strong> in 3 lines");
    expect(choices(underWay)).toBe(2);
    expect(underWay).toContain("A run is under way, and may bring units to Gradient.");
    expect(choices(asked({ disconnection: none }))).toBe(0);
    expect(asked({ disconnection: none })).toContain("Gradient holds no units of yours.");
  });

  it("is not answered by anything else than what was chosen", () => {
    const answers = { isAnswered: true, isKeyRefused: false, finalCounts: "zero", typed: " Disconnect " } as const;

    expect(whyNot(answers)).toBeUndefined();
    expect(whyNot({ ...answers, isKeyRefused: true })).toBe("Choose that the counts stay, or replace the key first.");
    expect(whyNot({ ...answers, isKeyRefused: true, finalCounts: "keep" })).toBeUndefined();
    expect(whyNot({ ...answers, typed: "disconnec" })).toBe("Type the word first.");
    expect(whyNot({ ...answers, isAnswered: false })).toBe("What it would do has to be read first.");
  });
});
