import { describe, expect, it } from "vitest";
import type { ApiClient } from "#client/api-client";
import { readMapping } from "#functions/read-integration/mapping/read-mapping";
import { readUsageLines } from "#functions/read-integration/read-usage-lines";
import { readUnmapped, type UsageLine } from "#local/hub-ui/page/screens/usage/all-lines";
import { isMappedBy, unmappedIn } from "#local/hub-ui/page/screens/usage/known-lines";
import { changeOf, isAllIn, stateOf, sumUp } from "#local/hub-ui/page/screens/usage/sum-up";

import { connectedWorld, customersNamed } from "#test/builders/connected-world";

const at = "2026-11-25T02:00:00.000Z";

const aLine = (
  unitCount: number | null,
  accepted: number | null,
  lastOutcome: UsageLine["lastOutcome"] = accepted === null ? null : "accepted",
  customerId = "cust-1",
): UsageLine => ({
  customerId,
  customerName: "Northwind Dental",
  serviceId: "svc-mail",
  serviceName: "Mail filter",
  unitCount,
  asOf: "2026-11-26T00:00:00.000Z",
  lastAccepted: accepted === null ? null : { unitCount: accepted, at },
  lastOutcome,
  isInDoubt: false,
  isMapped: lastOutcome === "unmapped" ? false : null,
});
const mapped = (line: UsageLine, isMapped: boolean | null): UsageLine => ({ ...line, isMapped });

describe("where a line stands", () => {
  it.each([
    ["in", aLine(5, 5)],
    ["changed", { ...aLine(5, 5, "deferred"), isInDoubt: true }],
    ["in", aLine(5, 5, "unchanged")],
    ["in", aLine(0, 0)],
    ["changed", aLine(5, 3)],
    ["changed", aLine(5, null)],
    ["changed", aLine(0, null)],
    ["refused", aLine(5, 3, "rejected")],
    ["unmapped", aLine(5, null, "unmapped")],
    // accepted once, but its mapping was taken away since
    ["unmapped", aLine(5, 5, "unmapped")],
    ["unknown", aLine(null, 5)],
    // never sent: the mapping tells that nobody bills it
    ["unmapped", mapped(aLine(5, null), false)],
    ["unmapped", mapped(aLine(5, 5), false)],
    // mapped since: the next run brings it
    ["changed", mapped(aLine(5, null, "unmapped"), true)],
    ["changed", mapped(aLine(5, 5, "unmapped"), true)],
    // not billed any more, and its zero was answered with a 404
    ["unmapped", mapped(aLine(0, 5, "unmapped"), null)],
  ])("is %s", (state, line) => {
    expect(stateOf(line)).toBe(state);
  });

  it("compares with what Gradient has accepted last, and with nothing where there is nothing", () => {
    expect([aLine(5, 3), aLine(0, 3), aLine(5, null), aLine(null, 3)].map(changeOf)).toEqual([2, -3, null, null]);
  });
});

describe("whether a line is mapped", () => {
  const line = { ...aLine(5, 5), customerId: "c", serviceId: "s" };
  const gap = (id: string, isKnown = true) => ({ id, isKnown });
  const all = (...gaps: ReturnType<typeof gap>[]) => ({ gaps, isAll: true });
  const some = (...gaps: ReturnType<typeof gap>[]) => ({ gaps, isAll: false });

  it.each([
    [true, all(), all()],
    [true, all(gap("another")), all(gap("another", false))],
    [false, all(gap("c")), all()],
    [false, all(), all(gap("s"))],
    // one half is enough
    [false, some(), all(gap("s"))],
    [null, all(gap("c", false)), all()],
    [null, all(), all(gap("s", false))],
    // among those that were not read there may be others
    [null, some(gap("another")), all()],
  ])("is %s by the gaps: %#", (expected, accounts, services) => {
    expect(isMappedBy({ accounts, services })(line)).toBe(expected);
  });

  it("is not known where the mapping could not be read, and of what is not billed any more", () => {
    expect(isMappedBy(undefined)(line)).toBeNull();
    expect(isMappedBy({ accounts: all(), services: all() })({ ...line, asOf: null })).toBeNull();
  });
});

describe("the unmapped", () => {
  /** The API of a partner with these pages of unmapped customers, of which the mapping itself shows the first alone. */
  const readFrom = (pages: string[][], refusedAt = Number.POSITIVE_INFINITY) => {
    const gapsOf = (ids: string[] = []) => ids.map((id) => ({ id, isKnown: true }));
    const call = async (route: string, { query }: { query?: { cursor: string } }) => {
      const page = Number(query?.cursor ?? 0);
      if (page >= refusedAt) return { ok: false };
      const nextCursor = page + 1 < pages.length ? String(page + 1) : null;
      const more = { accounts: pages.length - 1, services: 0 };
      const unmapped = { accounts: gapsOf(pages[0]), services: [] };
      return {
        ok: true,
        body: route.endsWith("/items") ? { items: gapsOf(pages[page]), nextCursor } : { unmapped, more },
      };
    };
    return readUnmapped(call as unknown as ApiClient);
  };
  const inShort = async (read: ReturnType<typeof readFrom>) => {
    const { gaps = [], isAll } = (await read)?.accounts ?? {};
    return [gaps.map(({ id }) => id).join(""), isAll];
  };

  it("are read to the end, as far as a page is good for", async () => {
    expect(await inShort(readFrom([["a"]]))).toEqual(["a", true]);
    expect(await inShort(readFrom([["a"], [], ["c"]]))).toEqual(["ac", true]);
    expect((await inShort(readFrom(Array.from({ length: 100 }, () => ["a"])))).at(-1)).toBe(true);
    expect((await inShort(readFrom(Array.from({ length: 101 }, () => ["a"])))).at(-1)).toBe(false);
  });

  it("are those that the mapping shows where the others cannot be read", async () => {
    expect(await inShort(readFrom([["a"], ["b"]], 1))).toEqual(["a", false]);
  });
});

describe("the sum over all lines", () => {
  it("is as many unmapped units as the mapping has, also where most lines were never sent", async () => {
    const names = customersNamed(6);
    const world = await connectedWorld(names);
    world.map(names.slice(0, 4));
    world.gradient.failNext("setUnitCount", { answer: { kind: "forbidden" } }, { times: 1_000 });
    await world.live(2);

    const mapping = await readMapping(world)(world.partnerId);
    const room = { rows: 200, bytes: 1_000_000 };
    const { items } = await readUsageLines(world)({ ...world, cursor: undefined, room });
    const isMapped = isMappedBy(unmappedIn(mapping));
    const { gaps } = sumUp(items.map((item) => ({ ...item, isMapped: isMapped(item) })));

    expect(items.filter(({ lastOutcome }) => lastOutcome === "unmapped").length).toBeLessThan(gaps.unmapped.lines);
    expect(mapping.unbilledUnits).toBeGreaterThan(0);
    expect(gaps.unmapped.missing).toBe(mapping.unbilledUnits);
  });

  it("counts as not mapped what the mapping calls so, whether a run has met it or not", () => {
    const { gaps, inGradient } = sumUp([
      aLine(20, null, "unmapped", "cust-1"),
      mapped(aLine(8, null, null, "cust-2"), false),
      mapped(aLine(4, 4, "accepted", "cust-2"), false),
      mapped(aLine(3, null, "unmapped", "cust-3"), true),
    ]);

    expect(gaps.unmapped).toMatchObject({ lines: 3, customers: 2, missing: 32 });
    expect(gaps.changed).toMatchObject({ lines: 1, missing: 3 });
    expect(inGradient).toBe(0);
  });

  it("tells what is in Gradient, what is missing and what is too much, in units", () => {
    const sum = sumUp([
      aLine(10, 10),
      aLine(7, 5, "accepted", "cust-2"),
      aLine(2, 6, "accepted", "cust-2"),
      aLine(20, null, "unmapped", "cust-3"),
      aLine(4, 4, "unmapped", "cust-3"),
      aLine(3, 1, "rejected", "cust-4"),
      aLine(null, 9, "accepted", "cust-5"),
    ]);

    expect(sum).toMatchObject({ lines: 7, now: 46, inGradient: 18, missing: 28, tooMany: 4 });
    expect(sum.gaps).toEqual({
      changed: { lines: 2, customers: 1, missing: 2, tooMany: 4 },
      unmapped: { lines: 2, customers: 1, missing: 24, tooMany: 0 },
      refused: { lines: 1, customers: 1, missing: 2, tooMany: 0 },
      unknown: { lines: 1, customers: 1, missing: 0, tooMany: 0 },
    });
  });

  it("is as of the newest count, and names the oldest that is billed", () => {
    const old = { ...aLine(1, 1), asOf: "2026-10-01T00:00:00.000Z" };
    const older = { ...aLine(0, 0), asOf: "2026-09-01T00:00:00.000Z" };

    expect(sumUp([aLine(5, 5), old, older])).toMatchObject({
      newestAsOf: "2026-11-26T00:00:00.000Z",
      oldestAsOf: "2026-10-01T00:00:00.000Z",
      lastAcceptedAt: at,
    });
    expect(sumUp([])).toMatchObject({ lines: 0, newestAsOf: null, oldestAsOf: null, lastAcceptedAt: null });
  });

  it("bears counts of ten digits", () => {
    expect(sumUp([aLine(9_999_999_999, null), aLine(9_999_999_999, 9_999_999_999)])).toMatchObject({
      now: 19_999_999_998,
      missing: 9_999_999_999,
    });
  });
});

describe("all is in Gradient", () => {
  it.each([
    [true, [aLine(5, 5)]],
    [true, [aLine(5, 5), aLine(null, null)]],
    [false, [aLine(5, 5), aLine(9_000, 8_000)]],
    [false, [aLine(5, 5), aLine(5, 3, "rejected")]],
    // it may have been mapped since, and be what the next run brings
    [false, [aLine(5, 5), aLine(5, null, "unmapped")]],
    [false, []],
  ])("%s of lines %#", (isIn, lines) => {
    expect(isAllIn(sumUp(lines))).toBe(isIn);
  });
});
