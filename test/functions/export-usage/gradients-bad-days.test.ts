import { describe, expect, it } from "vitest";
import { registerToken } from "#functions/register-token/register-token";
import { startIntegration } from "#functions/start-integration/start-integration";
import { recentSuccesses } from "#shared/breakers/state/recent-successes";
import { AppError } from "#shared/errors";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import { integrationWrite } from "#shared/integrations/integration";
import { isWanted, noWants, wish } from "#shared/integrations/record/wants";
import { store } from "#shared/table/table";
import { inShort } from "#test/builders/connected-world";
import { named } from "#test/builders/fleet";
import { aPartnerRow } from "#test/builders/partner";
import { sendingFleet } from "#test/builders/sending-fleet";
import { printedBy } from "#test/builders/stdout";
import { minutesAfter } from "#test/builders/time";
import { aCount, aUsageRow } from "#test/builders/usage";

const lines = 30;
const due = { at: minutesAfter(-1), trigger: "schedule" } as const;
const rejection = () => new AppError("forbidden", "gradient.token-rejected", "Gradient rejected the partner token.");
const prohibition = () => new AppError("upstream", "gradient.forbidden", "Gradient refused the call.");

/** Partners whose date has just come, and a Gradient that answers as a test says, with the breakers of the service. */
const guardedFleet = async (count: number, linesEach = lines) => {
  const state = {
    keyVersion: "1",
    /** What Gradient makes of a call, where it does not just take it. */
    answer: (_partnerId: string, _call: "count" | "organization"): 401 | 403 | 503 | undefined => undefined,
    calls: [] as { partnerId: string; at: number }[],
  };
  const wants = wish(noWants, "all", due);
  const partners = named(count).map((id) => ({ id, lines: linesEach, integration: { wants } }));
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
        if (status === 503) return { kind: "in-doubt", reason: "503" };
        return { kind: status === 401 ? "token-rejected" : "forbidden" };
      },
      readConnection: async (token) => {
        const status = heard(token, "organization");
        await fleet.clock.sleep(100);
        if (status === undefined) return gradient.readConnection(token);
        throw status === 503 ? gradientUnavailable("over") : status === 401 ? rejection() : prohibition();
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

describe("the only partner of the system, which has lost its key to another one,", () => {
  it("can bring that once it has been mailed, and another partner can connect", async () => {
    const { fleet, state } = await guardedFleet(1);
    const by = { actor: "p", actorName: null, address: null };
    const newcomer = partnerToken.parse("gradient-token-of-newcomer");
    fleet.gradient.addOrganization({ token: newcomer });
    await fleet.table.put(aPartnerRow({ id: "newcomer" }));
    await startIntegration(fleet)({ partnerId: "newcomer", by });
    const brings = (partnerId: string, text: string) =>
      registerToken({ ...fleet, gradientFor: () => fleet.gradient, secretPrefix: "s/", hashKey: async () => "k" })({
        partnerId,
        text,
        by,
      });
    const fresh = fleet.gradient.regenerateKey(fleet.tokens.get("p-00") ?? newcomer);
    state.answer = (partnerId) => (partnerId === "p-00" ? 401 : undefined);

    await printedBy(() => fleet.live(25 * 60));

    expect(await fleet.integration("p-00")).toMatchObject({ state: "suspended" });
    expect(fleet.mails()).toHaveLength(1);
    await brings("newcomer", newcomer);
    await brings("p-00", fresh);
    expect(await fleet.integration("p-00")).toMatchObject({ state: "active", token: { status: "valid" } });
  }, 60_000);
});

describe("Gradient fails for everybody", () => {
  // one chunk, two chunks, and more of them than are prepared with the plan
  it.each([30, 160, 300])(
    "while twenty partners have runs of %i lines: they end, and one call at a time tries",
    async (each) => {
      const { fleet, state } = await guardedFleet(20, each);
      state.answer = () => 503;
      const openedAt: number[] = [];
      const { put } = fleet.table;
      fleet.table.put = async (item, expected) => {
        if (item.pk === "breaker#vendor" && item.trouble === "gradient-down") openedAt.push(fleet.clock.now());
        return put(item, expected);
      };

      await printedBy(() => fleet.live(3));

      const [opened = Number.NaN] = openedAt;
      // what was under way comes to its end, and nobody's repeats come after that
      expect(state.calls.filter(({ at }) => at > opened + 1_100).length).toBeLessThan(10);
      expect((await fleet.integration("p-07")).wants.all).toMatchObject({ attempt: 0 });
      state.answer = () => undefined;
      await printedBy(() => fleet.live(30));
      expect(named(20).map(fleet.countsOf)).toEqual(Array(20).fill(each));
    },
  );

  it("which is judged by when calls went out, not by when they were answered", async () => {
    const at: number[] = [];
    const fleet = await sendingFleet([{ id: "p", lines: 1, integration: { wants: wish(noWants, "all", due) } }], {
      refusals: { note: async (outcome) => void at.push(outcome.at) },
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (token, count) => {
          sent.push(fleet.clock.now());
          await fleet.clock.sleep(8_000);
          return gradient.setUnitCount(token, count);
        },
      }),
    });
    const sent: number[] = [];

    await fleet.live(1);

    expect(at).toEqual(sent);
    expect(at).toHaveLength(1);
  });
});

describe("a part of Gradient that fails for 22 of 25 partners, and for hours,", () => {
  it.each([
    { what: "their counts", calls: ["count"] },
    { what: "all their calls", calls: ["count", "organization"] },
  ])("with $what, keeps nobody else's counts back, and alarms", async ({ calls }) => {
    const { fleet, state, all } = await guardedFleet(25, 10);
    const isGood = (id: string) => id >= "p-22";
    await recentSuccesses(fleet.table, fleet.clock).noteAtOnce("p-23");
    state.answer = (id, call) => (isGood(id) || !calls.includes(call) ? undefined : 503);
    const printed = await printedBy(() => fleet.live(90));
    expect(printed).toContain("gradient answers, but fails many calls");

    const good = all.filter(isGood);
    for (const partnerId of good) {
      await fleet.table.put(
        aUsageRow({ partnerId, customerId: "c0", counts: { "svc-dns": aCount({ unitCount: 77 }) } }),
      );
      const value = await fleet.integration(partnerId);
      const wants = wish(value.wants, "all", { at: fleet.clock.date().toISOString(), trigger: "schedule" });
      await store(fleet.table, integrationWrite({ ...value, wants }));
    }
    await printedBy(() => fleet.live(5));
    for (const id of good) expect(isWanted((await fleet.integration(id)).wants.all)).toBe(false);

    state.answer = () => undefined;
    await printedBy(() => fleet.live(30));
    expect(all.map(fleet.countsOf)).toEqual(all.map(() => 10));
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
