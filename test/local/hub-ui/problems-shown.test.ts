import type { FunctionComponent } from "react";
import { createElement } from "react";
import { describe, expect, it } from "vitest";
import type { Problem } from "#client/api-client";
import { Refused } from "#local/hub-ui/page/answers";
import { whyNoCheck } from "#local/hub-ui/page/hold";
import { tellFailure } from "#local/hub-ui/page/parts/problem-words";
import type { Integration } from "#local/hub-ui/page/states";
import { momentOf } from "#local/page-parts/words";
import { Problems } from "../../../local/hub-ui/page/parts/problems.tsx";
import { whyNot as whyNotSend } from "../../../local/hub-ui/page/screens/runs/send-usage.tsx";
import { Waiting } from "../../../local/hub-ui/page/screens/runs/waiting.tsx";
import { whatMayGo } from "../../../local/hub-ui/page/wizard/sending/sending.tsx";
import { integrationWith, rendered } from "./rendered.ts";

describe("a problem", () => {
  const Told = ({ code, state }: { code: string; state: string }) => {
    const problem = { code, since: "2026-11-26T11:00:00.000Z", whatToDo: "Do it.", retryAt: null };
    return createElement("div", {}, ...Problems({ integration: integrationWith({ state, problems: [problem] }) }));
  };
  const told = (code: string, mayChange = true, state = "active") => rendered(Told, { code, state }, { mayChange });

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
