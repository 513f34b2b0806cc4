import { describe, expect, it } from "vitest";
import { AppError } from "#shared/errors";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { isWanted, noWants, wish } from "#shared/integrations/record/wants";
import { inShort } from "#test/builders/connected-world";
import { named } from "#test/builders/fleet";
import { sendingFleet } from "#test/builders/sending-fleet";
import { printedBy } from "#test/builders/stdout";
import { minutesAfter } from "#test/builders/time";

const lines = 30;
const rejection = () => new AppError("forbidden", "gradient.token-rejected", "Gradient rejected the partner token.");
const prohibition = () => new AppError("upstream", "gradient.forbidden", "Gradient refused the call.");

/** Partners whose date has just come, and a Gradient that answers as a test says, with the breakers of the service. */
const guardedFleet = async (count: number) => {
  const state = {
    keyVersion: "1",
    /** What Gradient makes of a call, where it does not just take it. */
    answer: (_partnerId: string, _call: "count" | "organization"): 401 | 403 | undefined => undefined,
    calls: [] as { partnerId: string; at: number }[],
  };
  const wants = wish(noWants, "all", { at: minutesAfter(-1), trigger: "schedule" });
  const partners = named(count).map((id) => ({ id, lines, integration: { wants } }));
  const partnerOf = (token: PartnerToken) => token.slice("gradient-token-of-".length);
  const heard = (token: PartnerToken, call: "count" | "organization") => {
    const partnerId = partnerOf(token);
    state.calls.push({ partnerId, at: fleet.clock.now() });
    return state.answer(partnerId, call);
  };
  const fleet = await sendingFleet(partners, {
    vendorKey: () => ({ key: `key-${state.keyVersion}`, version: state.keyVersion }),
    through: (gradient) => ({
      ...gradient,
      setUnitCount: async (token, count) => {
        const status = heard(token, "count");
        await fleet.clock.sleep(100);
        if (status === undefined) return gradient.setUnitCount(token, count);
        return { kind: status === 401 ? "token-rejected" : "forbidden" };
      },
      readConnection: async (token) => {
        const status = heard(token, "organization");
        await fleet.clock.sleep(100);
        if (status === undefined) return gradient.readConnection(token);
        throw status === 401 ? rejection() : prohibition();
      },
    }),
  });
  const statesOf = () => Promise.all(named(count).map(async (id) => (await fleet.integration(id)).state));
  return { fleet, state, statesOf, all: named(count) };
};

describe("our vendor key is refused for a minute while four partners have runs", () => {
  it("nobody is suspended, nobody gets a mail, and everything is sent afterwards", async () => {
    const { fleet, state, statesOf, all } = await guardedFleet(4);
    const from = fleet.clock.now() + 1_500;
    state.answer = () => (fleet.clock.now() >= from && fleet.clock.now() < from + 60_000 ? 401 : undefined);

    await fleet.live(12);

    expect(await statesOf()).toEqual(all.map(() => "active"));
    expect(fleet.mails()).toEqual([]);
    for (const id of all) {
      expect(fleet.countsOf(id)).toBe(lines);
      const { wants, problems } = await fleet.integration(id);
      expect([isWanted(wants.all), isWanted(wants.retry), problems]).toEqual([false, false, []]);
    }
  });
});

describe("one partner gets a 401", () => {
  it("and then 200: it is not suspended, and its run goes on", async () => {
    const { fleet, state, all } = await guardedFleet(3);
    let refusals = 1;
    state.answer = (partnerId, call) => {
      if (partnerId !== "p-01" || call !== "count" || refusals === 0) return undefined;
      refusals -= 1;
      return 401;
    };

    await fleet.live(1);

    expect(refusals).toBe(0);
    for (const id of all) {
      expect(fleet.countsOf(id)).toBe(lines);
      expect((await fleet.runsOf(id)).map(inShort)).toEqual(["schedule changes succeeded"]);
    }
    expect(fleet.mails()).toEqual([]);
  });

  it("because its key is revoked: it is suspended and mailed within a minute, and nobody else", async () => {
    const { fleet, state, statesOf, all } = await guardedFleet(3);
    state.answer = (partnerId) => (partnerId === "p-01" ? 401 : undefined);

    await fleet.live(1);

    expect(await statesOf()).toEqual(["active", "suspended", "active"]);
    expect(fleet.mails()).toEqual(["p-01"]);
    expect(all.map(fleet.countsOf)).toEqual([lines, 0, lines]);
  });
});

describe("the only partner of the system, while our vendor key is refused,", () => {
  it("is held with an alarm and without a mail, and goes on when the key is right", async () => {
    const { fleet, state, statesOf } = await guardedFleet(1);
    state.answer = () => (state.keyVersion === "1" ? 401 : undefined);

    const printed = await printedBy(() => fleet.live(23 * 60));
    expect(printed.split("\n").filter((line) => line.includes('"ERROR"'))).not.toEqual([]);
    expect([await statesOf(), fleet.mails()]).toEqual([["active"], []]);

    state.keyVersion = "2";
    await fleet.live(12);

    expect([await statesOf(), fleet.countsOf("p-00"), fleet.mails()]).toEqual([["active"], lines, []]);
  });
});

describe("one partner gets a 403", () => {
  it("and pauses, with twelve calls at most in the hour after, while another's export succeeds", async () => {
    const { fleet, state, statesOf } = await guardedFleet(2);
    state.answer = (partnerId) => (partnerId === "p-00" ? 403 : undefined);

    await fleet.live(61);

    const own = state.calls.filter(({ partnerId }) => partnerId === "p-00");
    // those that are under way when the first answer is read are part of it
    const readAt = (own[0]?.at ?? 0) + 100;
    expect(own.filter(({ at }) => at > readAt && at <= readAt + 3_600_000).length).toBeLessThanOrEqual(12);
    expect(await statesOf()).toEqual(["active", "active"]);
    expect((await fleet.runsOf("p-01")).map(inShort)).toEqual(["schedule changes succeeded"]);
    expect(fleet.countsOf("p-01")).toBe(lines);

    state.answer = () => undefined;
    await fleet.live(5 * 60);
    expect(fleet.countsOf("p-00")).toBe(lines);
  });
});
