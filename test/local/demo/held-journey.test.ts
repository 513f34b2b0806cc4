import { afterEach, describe, expect, it, vi } from "vitest";
import type { LoopbackServer } from "#test/local/loopback-server";
import { fakeWorld } from "./fake-world.ts";
import { leapingClock } from "./leaping-clock.ts";
import { travel } from "./travel.ts";

let world: LoopbackServer | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await world?.stop();
});

const integration = "GET /v1/integrations/gradient";
const wait = (why: string, retryAt: string | null = "2026-11-26T07:26:10Z") => ({
  why,
  since: "2026-11-26T07:10:58Z",
  retryAt,
  linesAhead: null,
  expectedAt: null,
});
const refused =
  "Gradient refuses our calls: what is left waits since 2026-11-26 07:10:58 UTC, is tried again at 2026-11-26 07:26:10 UTC, and goes on by itself then. Run `npm run demo` again after that";
const inFifteenMinutes = () => new Date(Date.now() + 15 * 60_000).toISOString();
const hasAsked = () => world?.received.some(({ method, path }) => method === "POST" && path.endsWith("/exports"));

describe("what was left over", () => {
  it("is waited for, and all is compared with the receipts of both runs", async () => {
    world = await fakeWorld({}, { leavesOver: 2 });

    const shown = await travel(world);

    expect(shown).toContain(
      "Export export-2 ended finished, outcome partial: 130 of 143 lines accepted, 2 left over. Some calls failed: what is left waits since 2026-11-27 03:20:00 UTC, is tried again at 2026-11-27 03:21:00 UTC",
    );
    expect(shown).toContain("  … Export export-2: partial, 130 accepted and 11 unmapped, 2 left over, of 143 lines.");
    expect(shown).toContain("  ✓ Export export-3: succeeded, 2 accepted and 0 unmapped of 2 lines.");
    // the bar does not read as done
    expect(shown).toContain("Send usage   141 of 143, 2 left over\n");
    expect(shown).not.toContain("Send usage   143 of 143");
    expect(shown).toContain("130 + 0 + 11 + 0 + 2 + 0 = 143 lines, a receipt for each.");
    expect(shown).toContain("2 + 0 + 0 + 0 + 0 + 0 = 2 lines, a receipt for each.");
    expect(shown).toContain("Equal: for all 132 mapped pairs");
  });

  it("is waited for where it waits for a service that Gradient does not have yet", async () => {
    world = await fakeWorld({}, { leavesOver: 2, lacksServices: true });

    const shown = await travel(world);

    expect(shown).toContain("2 left over. Gradient does not have every service yet");
    expect(shown).toContain("Equal: for all 132 mapped pairs");
  });

  it("ends the demo at once where nothing is going to send it", async () => {
    world = await fakeWorld(
      { [integration]: (usual) => ({ ...usual, exports: { waiting: null } }) },
      { leavesOver: 2 },
    );

    await expect(travel(world)).rejects.toThrow(/outcome partial: 130 of 143 lines accepted, 2 left over$/);
  });

  it("is waited for while others go first", async () => {
    let reads = 0;
    world = await fakeWorld(
      {
        [integration]: (usual) => {
          if (!hasAsked()) return usual;
          reads += 1;
          return {
            ...usual,
            exports: { ...Reflect.get(usual, "exports"), waiting: reads > 3 ? null : wait("turn", null) },
          };
        },
      },
      { leavesOver: 2 },
    );

    expect(await travel(world)).toContain("Equal: for all 132 mapped pairs");
  });

  it.each([
    ["Gradient refuses", wait("gradient-refuses"), refused],
    [
      "the vendor's key is refused",
      wait("vendor-key"),
      /2 left over\. Gradient refuses the vendor's key: .+ after that$/,
    ],
    ["the next try is far", wait("retry", inFifteenMinutes()), /2 left over\. Some calls failed: .+ after that$/],
    [
      "sending is paused",
      wait("paused", null),
      /Sending is paused: what is left waits since 2026-11-26 07:10:58 UTC\. /,
    ],
    ["an agreement is out of date", wait("agreement", null), /The new agreement is not confirmed: what is left waits /],
  ])("ends the demo, which says so, where %s", async (_, waiting, sentence) => {
    world = await fakeWorld(
      { [integration]: (usual) => ({ ...usual, exports: { waiting: hasAsked() ? waiting : null } }) },
      { leavesOver: 2 },
    );

    await expect(travel(world)).rejects.toThrow(sentence);
  });

  it("ends the demo where the integration is suspended meanwhile", async () => {
    world = await fakeWorld(
      { [integration]: (usual) => (hasAsked() ? { ...usual, state: "suspended", exports: { waiting: null } } : usual) },
      { leavesOver: 2 },
    );

    await expect(travel(world)).rejects.toThrow(/2 left over\. The integration is suspended meanwhile/);
  });

  it("is told of anew where something else keeps it", async () => {
    let reads = 0;
    const written: string[] = [];
    world = await fakeWorld(
      {
        [integration]: (usual) => {
          reads += hasAsked() ? 1 : 0;
          const waiting = [null, wait("retry"), wait("gradient-down"), wait("agreement")][reads];
          return { ...usual, exports: { waiting } };
        },
        "GET /v1/integrations/gradient/exports": (usual) => ({
          ...usual,
          items: Reflect.get(usual, "items").filter(({ trigger }: { trigger: string }) => trigger !== "recovery"),
        }),
      },
      { leavesOver: 2 },
    );

    await expect(travel(world, written)).rejects.toThrow("The new agreement is not confirmed");
    expect(written.join("")).toContain("2 left over. Some calls failed: what is left waits since");
    expect(written.join("")).toContain("\n  Gradient does not answer: what is left waits since");
  });

  it("is told where a run was stopped before it had read a line", async () => {
    world = await fakeWorld({
      [integration]: (usual) => ({ ...usual, exports: { waiting: hasAsked() ? wait("gradient-refuses") : null } }),
      "GET /v1/integrations/gradient/exports/export-2": (usual) => {
        const totals = Object.fromEntries(Object.keys(Reflect.get(usual, "totals")).map((name) => [name, 0]));
        return { ...usual, outcome: Reflect.get(usual, "outcome") && "failed", totals };
      },
    });

    await expect(travel(world)).rejects.toThrow(`outcome failed: it has read no line. ${refused}`);
  });
});

describe("a run that stands still", () => {
  const at = (id: string) => `GET /v1/integrations/gradient/exports/${id}`;
  const gradientIsSlow = "Gradient is slow or refuses for the moment; the service tries again by itself.";
  /** One look at it takes as long as nobody wants to wait without a word. */
  const standing = (state: string) => {
    const { leap } = leapingClock();
    const seen: object[] = [];
    return (usual: object) => {
      seen.push(usual);
      if (seen.length === 2) leap(7_000);
      return seen.length > 2 ? usual : { ...seen[0], state };
    };
  };

  it("is told of with what brings it on, where it is the demo's own", async () => {
    world = await fakeWorld({ [at("export-2")]: standing("sending") });

    const shown = await travel(world);

    expect(shown).toMatch(
      /Nothing has moved for 7 s\. Gradient is slow .+ by itself\. .+ meanwhile\. The demo waits until .+ UTC\.\n/,
    );
    expect(shown).not.toContain("was stopped");
  });

  it("may be one in which the service was stopped, where it was under way before", async () => {
    world = await fakeWorld({ [at("export-2")]: standing("sending") }, { recovers: true });

    expect(await travel(world)).toMatch(
      new RegExp(
        `If the service was stopped in the middle of this run, it takes it up again by itself, at ..:..:.. UTC at the latest\\. Otherwise ${gradientIsSlow}`,
      ),
    );
  });

  it("may never have been begun", async () => {
    world = await fakeWorld({ [at("export-2")]: standing("planned") });

    expect(await travel(world)).toMatch(
      /The service has not begun this run\. If it was stopped just then, it begins by itself, at ..:..:.. UTC at the latest\./,
    );
  });
});

describe("a step that waits", () => {
  it("names what Gradient still lacks where nothing comes for some seconds", async () => {
    const { leap } = leapingClock();
    let looks = 0;
    world = await fakeWorld({
      "GET /_partner/organizations/org-g": (usual) => {
        looks += 1;
        if (looks === 2) leap(7_000);
        return looks > 2 ? usual : { ...usual, services: [] };
      },
    });

    expect(await travel(world)).toMatch(
      / {2}… Nothing has moved for 7 s\. Gradient still lacks .+ \(4 in all\): it is slow or refuses for the moment, and is asked again by itself, for a service after one minute, then after five\. The demo waits until ..:..:.. UTC\.\n/,
    );
  });

  const isFinished = () => world?.received.some(({ path }) => path.endsWith("/finish"));
  const firstHasEnded = () => world?.received.some(({ path }) => path.endsWith("/exports/export-1"));
  const noAccounts = { "GET /_partner/organizations/org-g": (usual: object) => ({ ...usual, accounts: [] }) };
  const noExports = { "GET /v1/integrations/gradient/exports": () => ({ items: [], nextCursor: null }) };

  it.each([
    ["before the accounts are there", 8, () => true, noAccounts],
    ["before anything is sent", 10, isFinished, noExports],
    ["before the partner is active", 10, firstHasEnded, {}],
  ])("says at once what it waits for when Gradient refuses %s", async (_, step, hasCome, answers) => {
    world = await fakeWorld({
      [integration]: (usual) => {
        const held = { nextEnabled: false, exports: { waiting: wait("gradient-refuses") } };
        return hasCome() ? { ...usual, ...held } : usual;
      },
      ...answers,
    });

    await expect(travel(world)).rejects.toThrow(new RegExp(`^Step ${step}, .+ failed: ${refused}$`));
  });

  it("ends where the integration is suspended before anything is sent", async () => {
    world = await fakeWorld({
      [integration]: (usual) => (isFinished() ? { ...usual, state: "suspended" } : usual),
      ...noExports,
    });

    await expect(travel(world)).rejects.toThrow(
      /^Step 10, .+ failed: The integration is suspended meanwhile; the hub's page says why$/,
    );
  });
});
