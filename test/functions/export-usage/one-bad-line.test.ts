import { describe, expect, it } from "vitest";
import { receiptsOf } from "#shared/exports/chunk";
import { stopVerdict } from "#shared/exports/verdicts";
import type { CountAnswer, UnitCount } from "#shared/gradient/gradient-api";
import { integrationWrite } from "#shared/integrations/integration";
import { isWanted, noWants, wish } from "#shared/integrations/record/wants";
import { store } from "#shared/table/table";
import { bucketOf, readLedger } from "#shared/usage/ledger";
import { named } from "#test/builders/fleet";
import { sendingFleet } from "#test/builders/sending-fleet";
import { aServiceRow } from "#test/builders/service";
import { minutesAfter, noon } from "#test/builders/time";
import { aCount, aUsageRow } from "#test/builders/usage";
import { aLedgerEntry, aLedgerRow } from "#test/builders/usage-export";
import { callsPerSecond } from "#test/fakes/rate";

const due = { at: minutesAfter(-1), trigger: "schedule" } as const;
const wants = wish(noWants, "all", due);
const noAnswer: CountAnswer = { kind: "in-doubt", reason: "503" };

interface Count extends UnitCount {
  partnerId: string;
}

/** Partners whose date has come, with the breakers of the service, and a Gradient that answers counts as told. */
const aFleet = async (ids: string[], lines: number, answer: (count: Count) => CountAnswer | undefined) => {
  const calls: Count[] = [];
  const fleet = await sendingFleet(
    ids.map((id) => ({ id, lines, integration: { wants } })),
    {
      vendorKey: () => ({ key: "k", version: "1" }),
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (token, sent) => {
          const its = { ...sent, partnerId: token.slice("gradient-token-of-".length) };
          calls.push(its);
          await fleet.clock.sleep(100);
          return answer(its) ?? gradient.setUnitCount(token, sent);
        },
      }),
    },
  );
  await fleet.table.put(aServiceRow({ id: "svc-bad", name: "Bad", gradientServiceId: "gradient-svc-bad" }));
  /** Customers that have a count of the other service, too; it comes first in each one's lines. */
  const useBadService = async (partnerId: string, customerIds: string[]) => {
    for (const customerId of customerIds) {
      const counts = { "svc-bad": aCount(), "svc-dns": aCount() };
      await fleet.table.put(aUsageRow({ partnerId, customerId, counts }));
    }
  };
  return { fleet, calls, useBadService };
};

const firsts = (count: number): string[] => Array.from({ length: count }, (_, index) => `c${index}`);

describe("Gradient refuses one line", () => {
  it.each([
    [403, "service"],
    [401, "service"],
    [403, "account"],
  ] as const)("with %i, for its %s: the others have arrived after the first try again", async (status, whose) => {
    const { fleet, useBadService } = await aFleet(["a", "b"], 300, ({ partnerId, accountId, serviceId }) => {
      const isBad = whose === "service" ? serviceId === "gradient-svc-bad" : partnerId === "a" && accountId === "c0";
      if (!isBad) return undefined;
      return { kind: status === 403 ? "forbidden" : "token-rejected" };
    });
    // as many again of the service that is refused, where it is the service
    if (whose === "service") await useBadService("a", firsts(40));

    await fleet.live(60);

    expect([fleet.countsOf("a"), fleet.countsOf("b")]).toEqual([whose === "service" ? 300 : 299, 300]);
    expect((await fleet.integration("a")).state).toBe("active");
  });

  it("for good: Gradient shows the others, each time that they are sent", async () => {
    const { fleet, calls, useBadService } = await aFleet(["a"], 300, ({ serviceId }) =>
      serviceId === "gradient-svc-bad" ? { kind: "forbidden" } : undefined,
    );
    await useBadService("a", firsts(40));
    await fleet.live(20);

    expect(fleet.countsOf("a")).toBe(300);
    const others = calls.filter(({ serviceId }) => serviceId === "gradient-svc-dns");
    expect(others.at(-1)?.rebuildsViews).toBe(true);
    expect(others.filter(({ rebuildsViews }) => !rebuildsViews)).not.toEqual([]);
  });

  it("right before it is called for the views, for good: another account's is, while the key is good", async () => {
    const ofBad: boolean[] = [];
    const { fleet, calls, useBadService } = await aFleet(["a"], 4, ({ accountId }) => {
      if (accountId === "c3") return { kind: "unmapped", message: "No account map found" };
      if (accountId !== "c2") return { kind: "accepted" };
      const isTaken = ofBad.length < 2;
      ofBad.push(isTaken);
      return { kind: isTaken ? "accepted" : "token-rejected" };
    });
    await useBadService("a", ["c1", "c2"]);
    await fleet.live(5);

    const [run] = await fleet.runsOf("a");
    expect(run).toMatchObject({ stop: null, outcome: "succeeded", viewsRebuilt: true });
    expect([ofBad, calls.at(-1)?.accountId]).toEqual([[true, true, false], "c1"]);
    const { ledgerBits: bits, gradient } = await fleet.integration("a");
    const place = { partnerId: "a", bits, connectionId: gradient?.integrationId ?? "" };
    const ofIt = [...(await readLedger(fleet.table, place)).values()].filter(({ customerId }) => customerId === "c2");
    expect(ofIt.map(({ owed, last: { outcome } }) => [owed, outcome])).toEqual([
      [null, "accepted"],
      [null, "accepted"],
    ]);
    expect(ofIt.filter(({ last: { refusedAt } }) => refusedAt !== undefined)).toHaveLength(1);
  });

  it.each([
    ["2", 3],
    // more than are prepared with the plan
    ["many", 400],
  ])(
    "behind calls for the views that take a minute: what counts is read after them, of %s chunks",
    async (_, lines) => {
      const late = `c${lines - 1}`;
      let ofFirst = 0;
      const { fleet, calls } = await aFleet(["a"], lines, ({ accountId, serviceId }) => {
        if (serviceId !== "gradient-svc-dns" || accountId === late) return undefined;
        if (accountId !== "c0") return { kind: "unmapped", message: "No account map found" };
        ofFirst += 1;
        return ofFirst > 1 && ofFirst < 5 ? { kind: "throttled", retryAfterMs: 25_000 } : undefined;
      });
      await fleet.table.put(aServiceRow({ id: "svc-worse", name: "Worse", gradientServiceId: "gradient-svc-worse" }));
      const measure = (unitCount: number) => {
        const counts = { "svc-bad": aCount(), "svc-worse": aCount(), "svc-dns": aCount({ unitCount }) };
        return fleet.table.put(aUsageRow({ partnerId: "a", customerId: late, counts }));
      };
      await measure(17);
      const { ledgerBits: bits, gradient } = await fleet.integration("a");
      const place = { partnerId: "a", bits, number: bucketOf(late, bits), connectionId: gradient?.integrationId ?? "" };
      const last = { outcome: "deferred" as const, at: noon, refusedAt: noon };
      const refused = ["svc-bad", "svc-worse"].map((serviceId) =>
        aLedgerEntry({ customerId: late, serviceId, accepted: null, last }),
      );
      await fleet.table.put(aLedgerRow(refused, place));
      const measured = fleet.clock.sleep(20_000).then(() => measure(99));

      await fleet.live(4);
      await measured;

      const sent = calls.filter(({ accountId, serviceId }) => accountId === late && serviceId === "gradient-svc-dns");
      expect([...new Set(sent.map(({ unitCount }) => unitCount))]).toEqual([99]);
    },
  );

  it("for good: no other is planned again for its sake, and it is tried when its partner's hold ends", async () => {
    const { fleet, calls, useBadService } = await aFleet(["a"], 300, ({ serviceId }) =>
      serviceId === "gradient-svc-bad" ? { kind: "forbidden" } : undefined,
    );
    await useBadService("a", ["c0"]);
    await fleet.live(60);
    const inAnHour = calls.filter(({ serviceId }) => serviceId === "gradient-svc-bad").length;
    await fleet.live(5 * 60);

    const runs = (await fleet.runsOf("a")).toReversed();
    expect(runs.map(({ kind }) => kind)).toEqual(["all", "all", "retry", "retry"]);
    expect(runs.at(-1)?.totals.lines).toBeLessThan(3);
    expect(inAnHour).toBeLessThan(5);
  });

  it.each([
    ["again", true],
    ["no more", false],
  ])("%s, behind accounts that are not mapped: Gradient shows those that are", async (_, isRefusing) => {
    const isMapped = (accountId: string) => bucketOf(accountId, 3) < 4;
    // the row of the last one that is mapped is the one that the next group needs, too
    const bad = firsts(400).find((id) => bucketOf(id, 3) === 3) ?? "";
    const { fleet, calls, useBadService } = await aFleet(["a"], 400, ({ accountId, serviceId }) => {
      if (serviceId === "gradient-svc-bad") return { kind: isRefusing ? "forbidden" : "accepted" };
      return isMapped(accountId) ? undefined : { kind: "unmapped", message: "No account map found" };
    });
    await useBadService("a", [bad]);
    const last = { outcome: "deferred" as const, at: noon, refusedAt: noon };
    const refused = aLedgerEntry({ customerId: bad, serviceId: "svc-bad", accepted: null, last });
    const { ledgerBits: bits, gradient } = await fleet.integration("a");
    const place = { partnerId: "a", bits, number: bucketOf(bad, bits), connectionId: gradient?.integrationId ?? "" };
    await fleet.table.put(aLedgerRow([refused], place));

    await fleet.live(2);

    const ofBad = calls.filter(({ serviceId }) => serviceId === "gradient-svc-bad");
    const shown = calls.filter((call) => !ofBad.includes(call) && isMapped(call.accountId));
    expect(shown.at(-1)?.rebuildsViews).toBe(true);
    expect(shown.filter(({ rebuildsViews }) => !rebuildsViews)).not.toEqual([]);
    expect(ofBad).toHaveLength(1);
    expect((await fleet.runsOf("a")).at(-1)?.finishedAt).not.toBeNull();
  });

  it("among many: what was under way with it is noted as refused, too", async () => {
    const { fleet, useBadService } = await aFleet(["a"], 40, ({ serviceId }) =>
      serviceId === "gradient-svc-bad" ? { kind: "forbidden" } : undefined,
    );
    await useBadService("a", firsts(40));
    await fleet.live(2);

    const { ledgerBits: bits, gradient } = await fleet.integration("a");
    const ledger = { partnerId: "a", bits, connectionId: gradient?.integrationId ?? "" };
    const refused = [...(await readLedger(fleet.table, ledger)).values()].filter(
      ({ last }) => last.refusedAt !== undefined,
    );
    expect(refused.length).toBeGreaterThan(3);
  });
});

describe("Gradient refuses some customers for good", () => {
  it("once it has refused each, the new counts of the others arrive with the next try", async () => {
    const lines = 40;
    const isBad = (accountId: string) => Number(accountId.slice(1)) % 10 === 3;
    let day = 0;
    const arrived = new Set<string>();
    const { fleet } = await aFleet(["a"], lines, ({ accountId, unitCount }) => {
      if (isBad(accountId)) return { kind: "forbidden" };
      if (unitCount === 100 + day) arrived.add(accountId);
      return undefined;
    });
    const measure = () =>
      Promise.all(
        firsts(lines).map((customerId) =>
          fleet.table.put(
            aUsageRow({ partnerId: "a", customerId, counts: { "svc-dns": aCount({ unitCount: 100 + day }) } }),
          ),
        ),
      );
    await measure();
    await fleet.live(24 * 60);
    const learned = arrived.size;
    arrived.clear();
    day = 1;
    await measure();
    await fleet.start("a");
    await fleet.live(4.5 * 60);

    expect([learned, arrived.size]).toEqual([36, 36]);
  });
});

describe("Gradient does not take one service for good, and another one for a while", () => {
  const forbidden: CountAnswer = { kind: "forbidden" };
  const throttled: CountAnswer = { kind: "throttled", retryAfterMs: null };

  it.each<[string, CountAnswer, CountAnswer, number]>([
    // the first holds the partner for a quarter of an hour, then for an hour
    ["throttled and refused", throttled, forbidden, 4],
    ["refused and throttled", forbidden, throttled, 4],
    ["both refused", forbidden, forbidden, 6],
    ["both throttled", throttled, throttled, 4],
  ])("(%s): what it takes again has arrived some hours after", async (_, always, atFirst, hours) => {
    let isOver = false;
    const { fleet, useBadService } = await aFleet(["a"], 60, ({ serviceId }) => {
      if (serviceId === "gradient-svc-bad") return always;
      return isOver ? undefined : atFirst;
    });
    await useBadService("a", firsts(60));
    await fleet.live(70);
    isOver = true;

    await fleet.live(hours * 60);

    expect(fleet.countsOf("a")).toBe(60);
  });
});

describe("Gradient refuses a partner's first calls", () => {
  it.each(["forbidden", "token-rejected"] as const)("with %s: none of its lines is in doubt", async (kind) => {
    const { fleet } = await aFleet(["a", "b"], 300, ({ partnerId }) => (partnerId === "a" ? { kind } : undefined));
    await fleet.live(2);

    const [run] = await fleet.runsOf("a");
    if (!run?.stop) throw new Error("The run was not stopped");
    const receipts = (await Array.fromAsync(receiptsOf(fleet.table, run))).flat();
    const { ledgerBits: bits, gradient } = await fleet.integration("a");
    const ledger = await readLedger(fleet.table, { partnerId: "a", bits, connectionId: gradient?.integrationId ?? "" });
    expect(new Set(receipts.map(({ reason }) => reason))).toEqual(new Set([stopVerdict(run.stop).reason]));
    expect([...ledger.values()].filter(({ doubt }) => doubt !== null)).toEqual([]);
  });

  it("of a service, which it then leaves out: nothing of it is sent any more", async () => {
    const { fleet, calls, useBadService } = await aFleet(["a"], 20, ({ serviceId }) =>
      serviceId === "gradient-svc-bad" ? { kind: "forbidden" } : undefined,
    );
    await useBadService("a", ["c0"]);
    await fleet.live(20);
    await store(fleet.table, integrationWrite({ ...(await fleet.integration("a")), leftOutServiceIds: ["svc-bad"] }));
    const before = calls.length;
    await fleet.live(60);

    expect(calls.slice(before).filter(({ serviceId }) => serviceId === "gradient-svc-bad")).toEqual([]);
    expect(isWanted((await fleet.integration("a")).wants.all)).toBe(false);
  });
});

describe("Gradient fails at the counts", () => {
  it("of one partner for half an hour: a try costs a call a line, and all arrive within half an hour after", async () => {
    const lines = 600;
    const end = minutesAfter(30);
    const { fleet, calls } = await aFleet(["a"], lines, () =>
      fleet.clock.date().toISOString() < end ? noAnswer : undefined,
    );

    await fleet.live(29);
    const tries = (await fleet.runsOf("a")).length;
    const inVain = calls.length;
    await fleet.live(31);

    expect(tries).toBeLessThan(6);
    expect(inVain).toBeLessThan(tries * (lines + 20 * callsPerSecond));
    expect(fleet.countsOf("a")).toBe(lines);
  });

  it("of everybody, and then takes half of them again: those have arrived within half an hour, wherever they stand", async () => {
    const lines = 500;
    const isBad = ({ accountId }: Count) => bucketOf(accountId, 4) < 8;
    const { fleet } = await aFleet(["a"], lines, (count) =>
      fleet.clock.date().toISOString() < minutesAfter(30) || isBad(count) ? noAnswer : undefined,
    );

    await fleet.live(60);

    const good = firsts(lines).filter((accountId) => bucketOf(accountId, 4) >= 8);
    expect(fleet.countsOf("a")).toBe(good.length);
  });
});

describe("Gradient asks one partner for fewer calls, and takes those of the others", () => {
  it.each([
    { what: "no Retry-After", retryAfterMs: null, isFailingToo: false },
    { what: "a Retry-After of 30 s", retryAfterMs: 30_000, isFailingToo: false },
    { what: "that, and every eighth call fails", retryAfterMs: 30_000, isFailingToo: true },
  ])("with $what: the others have sent all within minutes", async ({ retryAfterMs, isFailingToo }) => {
    const others = named(5, "other");
    const { fleet, calls } = await aFleet(["slow", ...others], 600, ({ partnerId }) => {
      if (partnerId !== "slow") return undefined;
      return isFailingToo && calls.length % 8 === 0 ? noAnswer : { kind: "throttled", retryAfterMs };
    });

    await fleet.live(5);

    expect(others.map((id) => fleet.countsOf(id))).toEqual(others.map(() => 600));
  });

  it("for half a minute: nobody is mailed, and nothing is left over", async () => {
    const { fleet } = await aFleet(["a"], 300, () =>
      fleet.clock.date().toISOString() < minutesAfter(0.75) ? { kind: "throttled", retryAfterMs: 30_000 } : undefined,
    );

    await fleet.live(3);

    expect((await fleet.runsOf("a")).map(({ outcome }) => outcome)).toEqual(["succeeded"]);
  });

  it("some time after it has taken some: that it shows those is left to the run that brings the rest", async () => {
    let isThrottled = true;
    const { fleet, calls } = await aFleet(["a"], 300, () =>
      isThrottled && calls.length > 100 ? { kind: "throttled", retryAfterMs: 30_000 } : undefined,
    );
    await fleet.live(5);
    const [first] = (await fleet.runsOf("a")).slice(-1);
    const taken = fleet.countsOf("a");
    isThrottled = false;
    await fleet.live(90);

    expect(taken).toBeGreaterThan(50);
    expect(first).toMatchObject({ viewsRebuilt: false, totals: { accepted: taken, deferred: 300 - taken } });
    expect(Date.parse(first?.finishedAt ?? "") - Date.parse(first?.startedAt ?? "")).toBeLessThan(3 * 60_000);
    const [last] = await fleet.runsOf("a");
    expect(last).toMatchObject({ viewsRebuilt: true, totals: { accepted: 300 - taken + 1 } });
  });
});
