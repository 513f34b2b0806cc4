import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createElement, type FunctionComponent } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { Problem } from "#client/api-client";
import type { OrganizationDetail } from "#local/gradient-sandbox/page/sandbox-api";
import { Refused } from "#local/hub-ui/page/answers";
import { whyNoCheck } from "#local/hub-ui/page/hold";
import { tellFailure } from "#local/hub-ui/page/parts/problem-words";
import type { Run } from "#local/hub-ui/page/screens/runs/run-words";
import { sumUp } from "#local/hub-ui/page/screens/usage/sum-up";
import { type Session, SessionProvider } from "#local/hub-ui/page/session";
import type { Integration } from "#local/hub-ui/page/states";
import { momentOf } from "#local/page-parts/words";
import { MappingStep } from "../../../local/gradient-sandbox/page/mapping/mapping-step.tsx";
import { Answered } from "../../../local/hub-ui/page/parts/answered.tsx";
import { Failure } from "../../../local/hub-ui/page/parts/failure.tsx";
import { Problems } from "../../../local/hub-ui/page/parts/problems.tsx";
import { ToConnect } from "../../../local/hub-ui/page/parts/to-connect.tsx";
import { verdictOf } from "../../../local/hub-ui/page/screens/overview/in-gradient.tsx";
import { whyNot as whyNotSend } from "../../../local/hub-ui/page/screens/runs/send-usage.tsx";
import { Waiting } from "../../../local/hub-ui/page/screens/runs/waiting.tsx";
import { Consequences } from "../../../local/hub-ui/page/screens/settings/consequences.tsx";
import { whyNot } from "../../../local/hub-ui/page/screens/settings/disconnect-question.tsx";
import { ScheduleCard } from "../../../local/hub-ui/page/screens/settings/schedule-card.tsx";
import { Coverage } from "../../../local/hub-ui/page/wizard/mapping/coverage.tsx";
import { GapTable } from "../../../local/hub-ui/page/wizard/mapping/gap-table.tsx";
import { gapsWords, gapWords } from "../../../local/hub-ui/page/wizard/mapping/gaps.tsx";
import { leftOutWords } from "../../../local/hub-ui/page/wizard/mapping/left-out.tsx";
import { Ended } from "../../../local/hub-ui/page/wizard/sending/last-run.tsx";
import { whatMayGo } from "../../../local/hub-ui/page/wizard/sending/sending.tsx";
import { Lines } from "../../../local/hub-ui/page/wizard/sending/usage-lines.tsx";

/** A part of the page as somebody gets it who may change things, or may not. */
const rendered = <Props extends object>(part: FunctionComponent<Props>, props: Props, mayChange = true): string =>
  renderToStaticMarkup(createElement(SessionProvider, { value: { mayChange } as Session }, createElement(part, props)));

const none = () => undefined;

const integrationWith = ({ state = "active", waiting = null, problems = [] }: object & Record<string, unknown>) =>
  ({ state, problems, exports: { last: null, runningId: null, waiting, nextRunAt: null } }) as unknown as Integration;

describe("a problem", () => {
  const Told = ({ code, state }: { code: string; state: string }) => {
    const problem = { code, since: "2026-11-26T11:00:00.000Z", whatToDo: "Do it.", retryAt: null };
    return createElement("div", {}, ...Problems({ integration: integrationWith({ state, problems: [problem] }) }));
  };
  const told = (code: string, mayChange = true, state = "active") => rendered(Told, { code, state }, mayChange);

  // a wizard that is through opens its last step, unless another is named
  it.each([
    ["agreement.renewal-due", "#/connect/1"],
    ["agreement.expired", "#/connect/1"],
    ["counts.left", "#/connect/1"],
    ["accounts.refused", "#/connect/2"],
    ["token.rejected", "#/settings/key"],
    ["schedule.unreadable", "#/settings/schedule"],
  ])("%s leads to %s, where something can be done about it", (code, address) => {
    expect(told(code)).toContain(`href="${address}"`);
  });

  it("leads nobody to what the role may not do, and says who may", () => {
    expect(told("agreement.expired", false)).not.toContain("href");
    expect(told("agreement.expired", false)).toContain("Only the owner or a full admin");
    expect(told("accounts.refused", false)).toContain('href="#/connect/2"');
  });

  it.each([
    ["active", "#/settings/key"],
    ["suspended", "#/settings/key"],
    // there is no key that could be replaced, and nothing in the settings
    ["awaiting-token", undefined],
    ["disconnected", undefined],
  ])("with our own key leads to where a key can be pasted: %s", (state, address) => {
    expect(/href="([^"]*)"/.exec(told("gradient.vendor-key-rejected", true, state))?.[1]).toBe(address);
    expect(told("gradient.vendor-key-rejected", false, "disconnected")).not.toContain("Only the owner");
  });
});

describe("calls that Gradient's trouble holds", () => {
  const since = "2026-11-26T11:00:00.000Z";
  const retryAt = "2100-01-01T10:00:00.000Z";
  const forbidden = { code: "gradient.forbidden", since, whatToDo: "There is nothing to do.", retryAt };
  const waiting = { since, why: "gradient-refuses", linesAhead: null, expectedAt: null, retryAt };
  const page = (facts: object) => {
    const integration = integrationWith({ problems: [forbidden], waiting, ...facts });
    const Page = () => [...Problems({ integration }), createElement(Waiting, { key: "waiting", integration })];
    return rendered(Page as unknown as FunctionComponent, {});
  };

  it.each([
    ["active", "Your usage waits since"],
    ["awaiting-mapping", "What you have mapped since"],
  ])("are told in one box, since when and until when: %s", (state, waits) => {
    const told = page({ state });

    expect(told.match(/class="notice/g)).toHaveLength(1);
    expect(told).toContain(`Gradient refuses the calls for your organization, since ${momentOf(since)}`);
    expect(told).toContain(`No call goes out until ${momentOf(retryAt)}; then Gradient is asked again.`);
    expect(told).toContain(waits);
  });

  it("are told until when also where nothing waits, as in the middle of a first run", () => {
    expect(page({ waiting: null })).toContain(`No call goes out until ${momentOf(retryAt)}`);
    expect(page({ waiting: null })).not.toContain("waits since");
  });

  it("have a box of their own for whatever else waits", () => {
    const told = page({ waiting: { ...waiting, why: "paused" } });

    expect(told.match(/class="notice/g)).toHaveLength(2);
    expect(told).toContain("Sending is paused until");
  });

  it.each(["active", "awaiting-mapping"])("let nobody send usage, and say why: %s", (state) => {
    expect(whyNotSend(integrationWith({ state, problems: [forbidden] }))).toBe(
      `Gradient refuses the calls for your organization. No call goes out until ${momentOf(retryAt)}; then Gradient is asked again.`,
    );
    expect(whyNotSend(integrationWith({ state }))).toBeUndefined();
  });

  it("are none before the new agreement is confirmed, which nobody but a person can do", () => {
    const of = (code: string) =>
      whyNotSend(integrationWith({ problems: [{ code, since, whatToDo: "", retryAt: null }] }));

    expect(of("agreement.renewal-due")).toBeUndefined();
    expect(of("agreement.expired")).toBe("Possible once the new agreement is confirmed.");
    const error = new Refused({ status: 409, code: "agreement.expired", detail: "" } as Problem, new Headers());
    expect(tellFailure(error).whatToDo).toContain("Read and confirm it");
  });

  it("are not said to be possible beside a button that cannot be pressed", () => {
    const expired = { code: "agreement.expired", since, whatToDo: "", retryAt: null };
    const running = { ...integrationWith({}), exports: { runningId: "run-1" } } as unknown as Integration;

    expect(whatMayGo(integrationWith({}))).toBe("Whatever has changed since can be sent now.");
    expect(whatMayGo(integrationWith({ problems: [forbidden] }))).toBe("While no call goes out, nothing can be sent.");
    expect(whatMayGo(integrationWith({ problems: [expired] }))).toBeNull();
    expect(whatMayGo(running)).toBeNull();
  });

  it("let a look be asked for only where the service would make one", () => {
    const gone = [{ code: "gradient.disconnected" }];

    expect(whyNoCheck(integrationWith({}))).toBeUndefined();
    expect(whyNoCheck(integrationWith({ state: "awaiting-mapping", problems: [forbidden] }))).toBeUndefined();
    expect(whyNoCheck(integrationWith({ state: "suspended", problems: gone }))).toBeUndefined();
    expect(whyNoCheck(integrationWith({ state: "suspended" }))).toBe("Possible once the key is replaced.");
  });
});

describe("what is mapped", () => {
  const share = (mapped: number, unknown: number) => ({ total: 4, mapped, unknown });
  const bars = (services: ReturnType<typeof share>) =>
    rendered(Coverage, { accounts: share(4, 0), services }).replaceAll(/<[^>]*>/g, "");

  it("is not said to be nothing before anybody could look", () => {
    expect(bars(share(0, 4))).toBe("4 of 4 customers mapped4 services: not known yet which are mapped");
    expect(bars(share(1, 3))).toContain("1 of 4 services mapped, 3 not known yet");
    expect(bars(share(0, 0))).toContain("0 of 4 services mapped");
    expect(bars(share(0, 0))).not.toContain("known");
  });

  const gap = (isKnown: boolean, wasMappedAt: string | null = null) => ({
    id: String(isKnown),
    name: "Backup",
    unbilledUnits: 7,
    wasMappedAt,
    isKnown,
  });

  it("was never mapped only where that is known", () => {
    const told = (...gaps: ReturnType<typeof gap>[]) =>
      rendered(GapTable, { kind: "services", gaps, chosenIds: new Set<string>(), onChoose: none, onLeaveOut: none });

    expect(told(gap(true))).toContain("never");
    expect(told(gap(false))).toContain("not known yet");
    expect(told(gap(false))).not.toContain("never");
    expect(told(gap(false, "2026-11-26T11:00:00.000Z"))).toContain(momentOf("2026-11-26T11:00:00.000Z"));
  });

  it.each([
    [share(2, 0), share(4, 0), "What is not mapped is not billed: 68 units in all. Map it in Gradient."],
    [share(2, 0), share(1, 0), "What is not mapped is not billed: 68 units in all, each counted once. Map it"],
    [share(2, 0), share(0, 4), "Map it in Gradient. Of the others nobody has been able to look yet"],
    [share(4, 0), share(0, 4), "Nobody has been able to look yet whether these are mapped."],
  ])("is told with what its gaps cost: %#", (accounts, services, words) => {
    expect(gapsWords({ accounts, services, unbilledUnits: 68 })).toContain(words);
  });

  it.each([
    [[gap(true), gap(true)], 0, 0, "2 services · 14 units unbilled"],
    [[gap(true), gap(false)], 0, 1, "2 services · 7 units unbilled · of 1 it is not known yet"],
    [[gap(false)], 0, 1, "1 service · not known yet whether mapped"],
    [[gap(true)], 2, 1, "3 services · more than 7 units unbilled · of 1 it is not known yet"],
    [[gap(false)], 2, 2, "3 services · of 2 it is not known yet"],
  ])("counts as unbilled what is known not to be billed: %#", (first, more, unknown, words) => {
    const { count, rest } = gapWords({ kind: "services", first, more, unknown });
    expect(`${count} · ${rest}`).toBe(words);
  });
});

describe("a line of the wizard", () => {
  const line = {
    customerId: "c-1",
    customerName: "Alder",
    serviceId: "s-1",
    serviceName: "Backup",
    unitCount: 8000,
    asOf: "2026-11-26T11:00:00.000Z",
    lastOutcome: "accepted",
    isInDoubt: false,
    isMapped: true,
    lastAccepted: { unitCount: 8000, at: "2026-11-26T10:00:00.000Z" },
  };
  const told = (facts: object) =>
    rendered(Lines, { lines: [{ ...line, ...facts }] as Parameters<typeof Lines>[0]["lines"] });

  it("is accepted only where Gradient holds what is used now", () => {
    expect(told({})).toContain("Accepted by Gradient");
    expect(told({ unitCount: 9000 })).not.toContain("Accepted by Gradient");
    expect(told({ unitCount: 9000 })).toContain("Not sent yet");
    expect(told({ unitCount: 9000, lastOutcome: "rejected" })).toContain("Refused by Gradient");
  });
});

describe("the last run of the wizard", () => {
  const totals = { lines: 1, accepted: 1, unchanged: 0, unmapped: 0, rejected: 0, deferred: 0, superseded: 0 };
  const run = { id: "1", state: "finished", outcome: "succeeded", reason: null, finishedAt: null, totals };

  it.each([
    [0, "0 lines"],
    [1, "1 line"],
    [1200, "1,200 lines"],
  ])("of %i lines has %s", (lines, words) => {
    const now = { ...run, totals: { ...totals, lines } } as unknown as Run;
    expect(rendered(Ended, { run: now })).toContain(`· ${words}</p>`);
  });
});

describe("whether the usage is in Gradient", () => {
  const line = {
    customerId: "c-1",
    customerName: "Alder",
    serviceId: "s-1",
    serviceName: "Backup",
    unitCount: 5,
    asOf: "2026-11-26T11:00:00.000Z",
    lastOutcome: "accepted" as const,
    isInDoubt: false,
    isMapped: true,
    lastAccepted: { unitCount: 5, at: "2026-11-26T10:00:00.000Z" },
  };
  const told = (facts: object, isAll = true) => verdictOf(sumUp([{ ...line, ...facts }]), isAll).text;

  it("is a plain yes only of all lines, with an answer for each", () => {
    expect(told({})).toBe("Yes");
    expect(told({}, false)).toBe("Yes, as far as it was summed up");
    expect(told({ isInDoubt: true, lastOutcome: "deferred" })).toBe("Not certain of all");
    expect(told({ unitCount: 0, lastAccepted: null, lastOutcome: null })).toBe("Yes");
    expect(told({ unitCount: 7, isInDoubt: true })).toBe("Not all of it");
  });
});

describe("what was read before", () => {
  const shown = (error: unknown) =>
    rendered(Answered<string>, {
      answer: { data: "Alder", error, dataUpdatedAt: 0, refetch: () => undefined },
      children: (data: string) => data,
    });

  it("stays, and a lost connection is left to the one notice above it", () => {
    expect(shown(new TypeError("Failed to fetch"))).toBe("Alder");
    const failed = new Refused({ status: 500, code: "internal", detail: "" } as Problem, new Headers());
    expect(shown(failed)).toMatch(/The service failed.*tried again by itself.*Alder/);
  });
});

describe("a failure", () => {
  const told = (code: string, status: number, headers = {}) => {
    const error = new Refused({ status, code, detail: "" } as Problem, new Headers(headers));
    return rendered(Failure, { error, onRetry: () => undefined });
  };

  it("blames the hub's own key no surer than anybody knows, and names no moment but the one beside the button", () => {
    const words = told("gradient.vendor-key-rejected", 502, { "retry-after": "90" });
    expect(words).toContain("Gradient refuses the hub&#x27;s own key, as it seems");
    expect(words).toContain("That says nothing about your key.");
    expect(words).not.toContain("time that is named");
    expect(words).toContain("Possible in 90 seconds.");
  });

  const gateway = ["", 503] as const;
  it.each([gateway, ["table.unavailable", 503], ["table.conflict", 409], ["internal", 500]] as const)(
    "says of a change that nobody knows what became of it, and promises nothing: %s %i",
    (code, status) => {
      const problem = { status, code, detail: "" } as Problem;
      const words = tellFailure(new Refused(problem, new Headers(), { isOfChange: true })).whatToDo;

      expect(words).toContain("All of it may be done, a part, or nothing: look at what the page shows now.");
      expect(words).toContain("try again: nothing is done twice");
      expect(words).not.toContain("Nothing was changed");
    },
  );

  it.each([500, 503])("does not frighten whoever only reads: %i", (status) => {
    const refused = new Refused({ status, code: "", detail: "" } as Problem, new Headers());
    expect(tellFailure(refused).whatToDo).not.toContain("done");
    expect(tellFailure(refused).whatToDo).toContain("Try again in a moment.");
  });

  it.each([
    ["calls.too-many", 429],
    ["gradient.refused", 503],
    ["gradient.vendor-key-rejected", 502],
    ["token.rejected", 422],
  ])("says of a change that nothing was done where that is known: %s", (code, status) => {
    const refused = new Refused({ status, code, detail: "" } as Problem, new Headers(), { isOfChange: true });
    expect(tellFailure(refused).whatToDo).toMatch(/nothing was (changed|saved)/i);
  });

  it("says of a run that is not there what may have become of it", () => {
    const words = told("export.not-found", 404);
    expect(words).toContain("Runs are kept for 13 months, dry runs for a week");
  });

  it("says what becomes of a press while a run is under way", () => {
    const words = told("export.already-running", 409);
    expect(words).toContain("No second run was started.");
    expect(words).toContain("that run or one right after it sends");
    expect(words).toContain("For anything else, try again when that run is over.");
  });
});

describe("the way to the wizard", () => {
  it("is to go on for whoever may, and to look for everybody else", () => {
    expect(rendered(ToConnect, { act: "Set up Gradient" })).toContain("Set up Gradient");
    const other = rendered(ToConnect, { act: "Set up Gradient" }, false);
    expect(other).not.toContain("Set up Gradient");
    expect(other).toContain("Only the owner or a full admin of your organization can connect it.");
    expect(other).toContain('href="#/connect"');
  });
});

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
    const Card = () =>
      createElement(
        QueryClientProvider,
        { client: new QueryClient() },
        createElement(ScheduleCard, { integration, schedule }),
      );
    return rendered(Card, {});
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

describe("what is left out", () => {
  it.each([
    [[0, 0, 0, 0], "Nobody and nothing."],
    [[0, 2, 1, 0], "3 customers (2 on trial, 1 without a provisioned service)."],
    [[1, 0, 0, 2], "1 customer (1 by choice) and 2 services."],
  ])(
    "%j is told without what there is none of",
    ([accounts = 0, trial = 0, notProvisioned = 0, services = 0], words) => {
      expect(leftOutWords({ accounts, trial, notProvisioned, services })).toBe(words);
    },
  );
});

describe("a mapping step of the sandbox", () => {
  const organization = (accounts: OrganizationDetail["accounts"]) =>
    ({ organizationId: "1", accounts, services: [], psaClients: [], psaProducts: [] }) as unknown as OrganizationDetail;
  const account = { id: "a", name: "Alder", psaClientId: null, excluded: false, isMapped: false, nearMatches: [] };

  it("leads on only once the vendor has sent something to map", () => {
    const step = (accounts: object[]) =>
      rendered(MappingStep, {
        organization: organization(accounts as OrganizationDetail["accounts"]),
        kind: "accounts",
      });

    expect(step([])).toContain("The vendor has sent no accounts yet.");
    expect(step([])).not.toContain("Go on to");
    expect(step([account])).toContain("Go on to service mapping");
  });

  it("has what is clear mapped first, before it leads on", () => {
    const psaClients = ["Alder", "Birch"].map((name) => ({ id: `psa-${name}`, name }));
    const accounts = psaClients.map(({ name }) => ({ ...account, id: name, name }));
    const step = (isDone: boolean) => {
      const shown: object[] = accounts.map((one) =>
        isDone ? { ...one, isMapped: true, psaClientId: `psa-${one.name}` } : one,
      );
      const given = { ...organization(shown as OrganizationDetail["accounts"]), psaClients };
      return rendered(MappingStep, { organization: given as OrganizationDetail, kind: "accounts" });
    };

    expect(step(false)).toMatch(/<button[^>]*class="primary"[^>]*>Map all 2</);
    expect(step(false)).toMatch(/<a class="button" [^>]*>Go on/);
    expect(step(true)).toMatch(/<a class="button primary" [^>]*>Go on/);
  });
});
