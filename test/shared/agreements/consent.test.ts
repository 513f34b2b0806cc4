import { describe, expect, it } from "vitest";
import { startExport } from "#functions/start-export/start-export";
import { type Agreement, currentAgreement } from "#shared/agreements/agreement";
import { consentOf } from "#shared/agreements/consent";
import { admitNext } from "#shared/exports/admission/admit";
import { waitingFor } from "#shared/exports/admission/waiting";
import { integrationWrite } from "#shared/integrations/integration";
import { wish } from "#shared/integrations/record/wants";
import { dayMs } from "#shared/schedules/zoned-time";
import {
  activeWorld,
  carry,
  connectedWorld,
  customersNamed,
  exportOf,
  runsOf,
  start,
} from "#test/builders/connected-world";

const inForce: Agreement = {
  version: "2027-01-01",
  sha256: "b".repeat(64),
  title: "Sharing usage",
  markdown: "# Sharing usage",
  effectiveAt: "2027-01-01T00:00:00.000Z",
  graceDays: 30,
};
const earlier = { version: "2026-11-01" };
const at = (text: string) => new Date(text);

describe("consent to an earlier version", () => {
  it("is good until the new one is in force, then for its days of grace, and no longer", () => {
    const since = "2027-01-01T00:00:00.000Z";
    const until = "2027-01-31T00:00:00.000Z";
    const asked = { version: "2027-01-01", since, until };

    expect(consentOf(earlier, inForce, at("2026-12-31T23:59:59Z"))).toEqual({ state: "valid" });
    expect(consentOf(earlier, inForce, at(since))).toEqual({ state: "renewal-due", ...asked });
    expect(consentOf(earlier, inForce, at("2027-01-30T23:59:59Z"))).toEqual({ state: "renewal-due", ...asked });
    expect(consentOf(earlier, inForce, at(until))).toEqual({ state: "expired", ...asked });
  });

  it("is not asked of who has confirmed this one, nor of who has confirmed none", () => {
    expect(consentOf(inForce, inForce, at("2027-06-01T00:00:00Z")).state).toBe("valid");
    expect(consentOf(null, inForce, at("2027-06-01T00:00:00Z")).state).toBe("none");
  });
});

describe("when the time to confirm is over", () => {
  const overdue = { ...inForce, effectiveAt: "2026-01-01T00:00:00.000Z" };

  it("no run starts by itself, and nobody's request starts one; a dry run does", async () => {
    const world = await connectedWorld(["a"]);
    const before = await world.integration();
    const wanted = wish(before.wants, "all", { at: world.clock.date().toISOString(), trigger: "schedule" });
    await world.table.transact([
      integrationWrite({ ...before, state: "active", wants: wanted, currentExportId: null }),
    ]);
    const obstacleFor = async () => null;

    expect(await admitNext({ ...world.common, obstacleFor, agreement: overdue })(null)).toBeUndefined();
    const start = startExport({ ...world.common, agreement: overdue });
    const request = { partnerId: world.partnerId, by: world.by };
    await expect(start({ ...request, mode: "full" })).rejects.toMatchObject({
      kind: "conflict",
      code: "agreement.expired",
    });
    expect(await start({ ...request, mode: "dry-run" })).toMatchObject({ state: "planned" });

    const later = (await world.integration()).wants.all.notBefore ?? "";
    expect(Date.parse(later)).toBe(world.clock.now() + 60 * 60_000);
  });

  it("the run that is under way goes on to its end, and nothing of what it leaves over starts another", async () => {
    let isAnswered = true;
    const customers = customersNamed(200);
    const last = customers.toSorted().at(-1);
    const world = await activeWorld(customers, {
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (token, count) =>
          count.accountId === last && !isAnswered
            ? { kind: "in-doubt", reason: "reset" }
            : gradient.setUnitCount(token, count),
      }),
    });
    const { effectiveAt, graceDays } = currentAgreement;
    const over = Date.parse(effectiveAt) + graceDays * dayMs;
    await world.pass(over - world.clock.now() - 5_000);
    const before = await world.integration();
    const agreement = before.agreement && { ...before.agreement, version: "earlier" };
    await world.table.transact([integrationWrite({ ...before, agreement, nextRunAt: null })]);
    const run = await start(world);
    const runs = (await runsOf(world)).length;
    const sent = world.gradient.countsReceived.length;
    expect(await world.clock.settle(carry(world, run, 77_000))).toBe("handed-over");
    expect(world.gradient.countsReceived.length).toBeGreaterThan(sent);

    await world.pass(Math.max(0, over - world.clock.now()));
    const sentInTime = world.gradient.countsReceived.length;
    isAnswered = false;
    await world.work();

    const ended = await exportOf(world, run);
    expect(ended).toMatchObject({ state: "finished", outcome: "partial", stop: null, totals: { lines: 400 } });
    expect(ended.totals.accepted).toBeGreaterThan(sentInTime - sent);
    expect(ended.totals.deferred).toBe(2);
    isAnswered = true;
    await world.live(70);
    expect(await runsOf(world)).toHaveLength(runs);
    const situation = { now: world.clock.date(), obstacle: null, estimate: undefined };
    expect(waitingFor(await world.integration(), situation)).toMatchObject({ why: "agreement" });

    await world.table.transact([integrationWrite({ ...(await world.integration()), agreement: before.agreement })]);
    await world.live(70);
    expect((await runsOf(world)).at(-1)).toMatchObject({ trigger: "recovery", outcome: "succeeded" });
  });
});
