import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { startIntegration } from "#functions/start-integration/start-integration";
import { tokenFingerprint } from "#shared/gradient/gradient-token";
import { claimant, tokenClaimKey } from "#shared/integrations/token-claim";
import { activeWorld, ledgerEntryOf, runsOf, send } from "#test/builders/connected-world";
import type { ServiceWorld } from "#test/fakes/service-world";

const dayMs = 24 * 60 * 60_000;
const leave = (world: ServiceWorld) =>
  disconnectIntegration(world.common)({ partnerId: world.partnerId, by: world.by, finalCounts: "zero" });
const lastRun = async (world: ServiceWorld) => (await runsOf(world)).at(-1);
const statusOf = (world: ServiceWorld) => world.gradient.organizationOf(world.token)?.connection.status;
const problemsOf = async (world: ServiceWorld) => (await world.integration()).problems.map(({ code }) => code);
const subjects = ({ mailer }: ServiceWorld) => mailer.sent.map(({ subject }) => subject);
const holderOfToken = (world: ServiceWorld) =>
  claimant(world.table, tokenClaimKey(tokenFingerprint(world.token, "hash-key")));

describe("a disconnect whose zeros Gradient does not take", () => {
  it("is over at once where Gradient refuses the key already, and says what is left", async () => {
    const world = await activeWorld(["a", "b"]);
    world.gradient.regenerateKey(world.token);
    await send(world);
    expect(await world.integration()).toMatchObject({ state: "suspended", token: { status: "rejected" } });
    const runs = await runsOf(world);

    expect((await leave(world)).closing).toBeNull();
    // also to whoever looks at the answer, and not into the mail
    expect(await problemsOf(world)).toEqual(["counts.left"]);
    await world.live(40);

    expect(await runsOf(world)).toHaveLength(runs.length);
    expect([await holderOfToken(world), world.vault.names()]).toEqual([undefined, []]);
    expect(subjects(world).at(-1)).toBe("Some counts in Gradient were not set to zero: Example MSP");
    // a zero that was refused leaves nothing to be set to zero
    expect(world.mailer.sent.at(-1)?.text).toContain("Gradient did not take a zero for 2 lines");
  });

  it("gives up within hours where Gradient refuses the key from then on", async () => {
    let asked = 0;
    const refusals = {
      obstacleFor: async () => null,
      note: async () => undefined,
      forbid: async () => undefined,
      // as the keeper of the breakers, to whom the refusal of a key that was given back is outdated
      confirm: async () => {
        asked += 1;
        if (asked > 20) throw new Error("It is sent for ever");
        return "taken" as const;
      },
    };
    const world = await activeWorld(["a", "b"], { refusals });
    await leave(world);
    world.gradient.regenerateKey(world.token);

    await world.live(1);
    expect(await lastRun(world)).toMatchObject({ kind: "final", stop: "token-rejected" });
    expect(await world.integration()).toMatchObject({ closing: { remaining: 2, tries: 1 } });
    expect(await problemsOf(world)).toEqual(["counts.left"]);
    for (let hour = 0; hour < 24; hour += 1) {
      await world.pass(dayMs / 24);
      await world.live(2);
    }

    expect([(await world.integration()).closing, world.vault.names()]).toEqual([null, []]);
    expect((await runsOf(world)).filter(({ kind }) => kind === "final")).toHaveLength(4);
    expect(await problemsOf(world)).toEqual(["counts.left"]);
    expect(subjects(world).at(-1)).toBe("Some counts in Gradient were not set to zero: Example MSP");
  });

  it("goes on with a line whose mapping was taken back, and tells the owner where it stays so", async () => {
    const world = await activeWorld(["a", "b"]);
    world.gradient.mapAccount(world.token, "b", false);
    await leave(world);
    await world.live(3);

    expect(await world.counts()).toMatchObject({ "a/dns": 0, "b/dns": 10 });
    expect(await world.integration()).toMatchObject({ closing: { remaining: 1, tries: 1 } });
    await world.pass(7 * dayMs);
    await world.live(3);

    expect([(await world.integration()).closing, statusOf(world), world.vault.names()]).toEqual([null, "inactive", []]);
    expect(world.mailer.sent.at(-1)?.text).toContain("Gradient did not take a zero for 1 line.");
    expect(await problemsOf(world)).toEqual(["counts.left"]);
    await startIntegration(world.common)({ partnerId: world.partnerId, by: world.by });
    expect(await problemsOf(world)).toEqual([]);
  });

  /** A number of this service got no answer, and then the mapping was taken back. */
  const doubtedWorld = async (serviceId: "dns" | "sig") => {
    let isLost = false;
    let landsToo = true;
    const world = await activeWorld(["a", "b"], {
      mapped: ["a"],
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (...call) => {
          if (isLost && !landsToo) return { kind: "in-doubt", reason: "504" };
          const answer = await gradient.setUnitCount(...call);
          return isLost ? { kind: "in-doubt", reason: "504" } : answer;
        },
      }),
    });
    const lose = (lands: boolean | null) => {
      isLost = lands !== null;
      landsToo = lands ?? true;
    };
    world.gradient.mapAccount(world.token, "b");
    lose(true);
    await send(world, "changes", { customerIds: ["b"], serviceIds: [serviceId] });
    expect(await ledgerEntryOf(world, "b", serviceId)).toMatchObject({ accepted: null, doubt: {} });
    lose(null);
    return { world, lose, unmap: () => world.gradient.mapAccount(world.token, "b", false) };
  };

  it("tells of a line whose mapping was taken back after a number without an answer: Gradient may hold it", async () => {
    const { world, unmap } = await doubtedWorld("dns");
    unmap();

    await leave(world);
    await world.live(60);

    expect(await world.counts()).toMatchObject({ "a/dns": 0, "b/dns": 10 });
    expect(await world.integration()).toMatchObject({ closing: { remaining: 1 } });
    await world.pass(7 * dayMs);
    await world.live(3);
    expect(await problemsOf(world)).toEqual(["counts.left"]);
  });

  it("tells of it also where its zero got no answer either, and has not landed", async () => {
    const { world, lose, unmap } = await doubtedWorld("dns");
    await leave(world);
    lose(false);
    await world.live(40);
    lose(null);
    unmap();
    await world.live(300);

    expect(await world.counts()).toMatchObject({ "b/dns": 10 });
    expect(await world.integration()).toMatchObject({ closing: { remaining: 1 } });
  });

  it("is over where that number was a zero", async () => {
    const { world, unmap } = await doubtedWorld("sig");
    unmap();

    await leave(world);
    await world.live(60);

    expect([(await world.integration()).closing, await problemsOf(world)]).toEqual([null, []]);
  });

  it("sends the zero of a line that is mapped again, and ends then", async () => {
    const world = await activeWorld(["a"]);
    world.gradient.mapAccount(world.token, "a", false);
    await leave(world);
    await world.live(3);
    world.gradient.mapAccount(world.token, "a");

    await world.live(60);

    expect(await world.counts()).toMatchObject({ "a/dns": 0 });
    expect([(await world.integration()).closing, statusOf(world)]).toEqual([null, "inactive"]);
    expect(await problemsOf(world)).toEqual([]);
  });
});
