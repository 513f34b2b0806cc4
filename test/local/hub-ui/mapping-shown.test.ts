import { describe, expect, it } from "vitest";
import type { OrganizationDetail } from "#local/gradient-sandbox/page/sandbox-api";
import type { Run } from "#local/hub-ui/page/screens/runs/run-words";
import { momentOf } from "#local/page-parts/words";
import { MappingStep } from "../../../local/gradient-sandbox/page/mapping/mapping-step.tsx";
import { Coverage } from "../../../local/hub-ui/page/wizard/mapping/coverage.tsx";
import { GapTable } from "../../../local/hub-ui/page/wizard/mapping/gap-table.tsx";
import { gapsWords, gapWords } from "../../../local/hub-ui/page/wizard/mapping/gaps.tsx";
import { leftOutWords } from "../../../local/hub-ui/page/wizard/mapping/left-out.tsx";
import { Ended } from "../../../local/hub-ui/page/wizard/sending/last-run.tsx";
import { Lines } from "../../../local/hub-ui/page/wizard/sending/usage-lines.tsx";
import { rendered } from "./rendered.ts";

const none = () => undefined;

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
