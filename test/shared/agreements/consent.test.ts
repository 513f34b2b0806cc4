import { describe, expect, it } from "vitest";
import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { startExport } from "#functions/start-export/start-export";
import { type Agreement, agreements } from "#shared/agreements/agreement";
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
import type { ServiceWorld } from "#test/fakes/service-world";

const textOf = (version: string, graceDays = 30): Agreement => ({
  version,
  sha256: "b".repeat(64),
  title: "Sharing usage",
  markdown: "# Sharing usage",
  effectiveAt: `${version}T00:00:00.000Z`,
  graceDays,
});
const earlier = { version: "2026-11-01" };
const texts = [textOf("2026-11-01"), textOf("2027-01-01")];
const third = [...texts, textOf("2027-01-21")];
const at = (text: string) => new Date(text);

describe("consent to an earlier version", () => {
  it("is good until the new one is in force, then for its days of grace, and no longer", () => {
    const since = "2027-01-01T00:00:00.000Z";
    const until = "2027-01-31T00:00:00.000Z";
    const asked = { version: "2027-01-01", since, until };

    expect(consentOf(earlier, at("2026-12-31T23:59:59Z"), texts)).toEqual({ state: "valid" });
    expect(consentOf(earlier, at(since), texts)).toEqual({ state: "renewal-due", ...asked });
    expect(consentOf(earlier, at("2027-01-30T23:59:59Z"), texts)).toEqual({ state: "renewal-due", ...asked });
    expect(consentOf(earlier, at(until), texts)).toEqual({ state: "expired", ...asked });
  });

  it("is not asked of who has confirmed this one, nor of who has confirmed none", () => {
    expect(consentOf({ version: "2027-01-01" }, at("2027-06-01T00:00:00Z"), texts).state).toBe("valid");
    expect(consentOf(null, at("2027-06-01T00:00:00Z"), texts).state).toBe("none");
  });

  it("is not asked of who has confirmed a newer one than a service knows that was rolled back", () => {
    expect(consentOf({ version: "2027-01-21" }, at("2027-06-01T00:00:00Z"), texts)).toEqual({ state: "valid" });
  });

  it("is over when the time for the second is, though a third has come: the third is asked for from then on", () => {
    const asked = { version: "2027-01-21", since: "2027-01-01T00:00:00.000Z", until: "2027-01-31T00:00:00.000Z" };

    expect(consentOf(earlier, at("2027-01-30T23:59:59Z"), third)).toEqual({ state: "renewal-due", ...asked });
    expect(consentOf(earlier, at("2027-01-31T00:00:00Z"), third)).toEqual({ state: "expired", ...asked });
    const second = { version: "2027-01-01" };
    expect(consentOf(second, at("2027-02-19T23:59:59Z"), third).state).toBe("renewal-due");
    expect(consentOf(second, at("2027-02-20T00:00:00Z"), third).state).toBe("expired");
  });

  it("is over sooner where the third is to be confirmed sooner", () => {
    const urgent = [...texts, textOf("2027-01-11", 5)];

    expect(consentOf(earlier, at("2027-01-16T00:00:00Z"), urgent)).toMatchObject({
      state: "expired",
      until: "2027-01-16T00:00:00.000Z",
    });
  });
});

describe("when the time to confirm is over", () => {
  const obstacleFor = async () => null;

  /** It has confirmed this version, and wants something sent. */
  const wantingWorld = async (version: string) => {
    const world = await connectedWorld(["a"]);
    const before = await world.integration();
    const wants = wish(before.wants, "all", { at: world.clock.date().toISOString(), trigger: "schedule" });
    const agreement = before.agreement && { ...before.agreement, version };
    const mapping = { ...before.mapping, completedAt: world.clock.date().toISOString() };
    await world.table.transact([
      integrationWrite({ ...before, agreement, mapping, state: "active", wants, currentExportId: null }),
    ]);
    return world;
  };

  const confirm = ({ common, partnerId, by }: ServiceWorld, agreement: Agreement) => {
    const { version, sha256 } = agreement;
    const its = { partnerId, version, sha256, by, name: "Ada", email: "ada@example.com" };
    return confirmAgreement({ ...common, agreement })(its);
  };

  it("no run starts by itself, and nobody's request starts one; a dry run does", async () => {
    const world = await wantingWorld("2025-01-01");
    const agreements = [textOf("2025-01-01"), textOf("2026-01-01")];

    expect(await admitNext({ ...world.common, obstacleFor, agreements })(null)).toBeUndefined();
    const start = startExport({ ...world.common, agreements });
    const request = { partnerId: world.partnerId, by: world.by };
    await expect(start({ ...request, mode: "full" })).rejects.toMatchObject({
      kind: "conflict",
      code: "agreement.expired",
    });
    expect(await start({ ...request, mode: "dry-run" })).toMatchObject({ state: "planned" });

    const later = (await world.integration()).wants.all.notBefore ?? "";
    expect(Date.parse(later)).toBe(world.clock.now() + 6 * 60 * 60_000);
  });

  it("who confirms after all is sent what was kept back at once", async () => {
    const world = await wantingWorld("2025-01-01");
    const agreements = [textOf("2025-01-01"), textOf("2026-01-01")] as const;
    const [, agreement] = agreements;
    const admit = admitNext({ ...world.common, obstacleFor, agreements });
    expect(await admit(null)).toBeUndefined();

    await confirm(world, agreement);

    expect(await admit(null)).toMatchObject({ partnerId: world.partnerId });
  });

  it("who has confirmed a newer text than the service knows is sent what it wants", async () => {
    const agreements = [textOf("2025-01-01"), textOf("2026-01-01")];
    const pressing = await wantingWorld("2026-11-20");
    const request = { partnerId: pressing.partnerId, by: pressing.by, mode: "changes" } as const;
    const waiting = await wantingWorld("2026-11-20");

    expect(await startExport({ ...pressing.common, agreements })(request)).toMatchObject({ state: "planned" });
    expect(await admitNext({ ...waiting.common, obstacleFor, agreements })(null)).toBeDefined();
  });

  it("the run that is under way goes on to its end, and nothing of what it leaves over starts another", async () => {
    let isAnswered = true;
    let unanswered: string | undefined;
    const world = await activeWorld(customersNamed(200), {
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (token, count) => {
          if (!isAnswered) unanswered ??= count.accountId;
          const isLost = !isAnswered && count.accountId === unanswered;
          return isLost ? { kind: "in-doubt", reason: "reset" } : gradient.setUnitCount(token, count);
        },
      }),
    });
    const [, second] = agreements;
    if (!second) throw new Error("There is no second text");
    const over = Date.parse(second.effectiveAt) + second.graceDays * dayMs;
    await world.pass(over - world.clock.now() - 5_000);
    const before = await world.integration();
    const agreement = before.agreement && { ...before.agreement, ...earlier };
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

    await confirm(world, second);
    await world.live(2);
    expect((await runsOf(world)).at(-1)).toMatchObject({ trigger: "recovery", outcome: "succeeded" });
  });
});
