import { describe, expect, it } from "vitest";
import { integrationWrite } from "#shared/integrations/integration";
import { activeWorld } from "#test/builders/connected-world";
import type { ServiceWorld } from "#test/fakes/service-world";

const other = "connection-b";

/** A partner, and what happens right after Gradient has answered the next question for its connection. */
const answeringWorld = async () => {
  let meanwhile: undefined | (() => Promise<unknown>);
  const world = await activeWorld(["a", "b"], {
    through: (gradient) => ({
      ...gradient,
      readConnection: async (token) => {
        const answer = { ...(await gradient.readConnection(token)) };
        const happen = meanwhile;
        meanwhile = undefined;
        await happen?.();
        return answer;
      },
    }),
  });
  const organization = world.gradient.organizationOf(world.token);
  if (!organization) throw new Error("not connected");
  const first = organization.connection.integrationId;
  const move = () => {
    Object.assign(organization.connection, { integrationId: other });
    organization.counts.clear();
  };
  const paste = () => world.register({ partnerId: world.partnerId, text: world.token, by: world.by });
  /** From now on, only the trial of the token is due, or a look that asks for the connection. */
  const makeDue = async (work: "look" | "trial") => {
    const before = await world.integration();
    const [at, isTelling] = [world.clock.date().toISOString(), work === "look"];
    const nextCheckAt = work === "look" ? at : null;
    await world.table.transact([
      integrationWrite({
        ...before,
        looks: { ...before.looks, isTelling, tokenCheckAt: at },
        mapping: { ...before.mapping, nextCheckAt },
      }),
    ]);
  };
  return {
    world,
    move,
    paste,
    makeDue,
    organization,
    first,
    onAnswer: (happen: () => Promise<unknown>) => {
      meanwhile = happen;
    },
  };
};

describe.each(["look", "trial"] as const)("a key that is pasted again while a %s is under way", (work) => {
  it("and leads to another connection by now, leaves that one in the record, and has it looked at", async () => {
    const { world, move, paste, makeDue, onAnswer } = await answeringWorld();
    const before = await world.counts();
    await makeDue(work);
    onAnswer(async () => {
      move();
      await paste();
    });

    expect(await world.raw(world.partnerId)).toBe("token-replaced");
    expect(await world.integration()).toMatchObject({ gradient: { integrationId: other } });
    expect((await world.integration()).looks.until).not.toBe(null);
    await world.work();
    await world.live(90);

    expect(await world.integration()).toMatchObject({
      state: "active",
      gradient: { integrationId: other },
      problems: [],
    });
    expect(await world.counts()).toEqual(before);
  });

  it("and that it is the other connection which Gradient has shown, is no other connection any more", async () => {
    const { world, move, paste, makeDue, onAnswer } = await answeringWorld();
    await makeDue(work);
    move();
    onAnswer(paste);

    expect(await world.raw(world.partnerId)).toBe("token-replaced");
    expect((await world.integration()).problems).toEqual([]);
    await world.work();

    expect(await world.integration()).toMatchObject({ gradient: { integrationId: other }, problems: [] });
    expect((await world.integration()).mapping.lastCheckedAt).not.toBe(null);
  });

  it("and leads where it did, changes nothing about what was found", async () => {
    const { world, paste, makeDue, onAnswer } = await answeringWorld();
    await makeDue(work);
    onAnswer(paste);

    expect(await world.raw(world.partnerId)).toBe(work === "look" ? "synced" : "token-taken");
  });
});

describe("a key that has come to lead to another connection", () => {
  const dayMs = 24 * 60 * 60_000;
  const codes = async ({ integration }: ServiceWorld) => (await integration()).problems.map(({ code }) => code);
  const movedWorld = async (work: "look" | "trial") => {
    const world = await answeringWorld();
    await world.makeDue(work);
    world.move();
    expect(await world.world.raw(world.world.partnerId)).toBe("other-connection");
    return world;
  };

  it.each(["look", "trial"] as const)("is a problem on the page once a %s has shown it", async (work) => {
    const { world } = await movedWorld(work);
    await world.pass(2 * dayMs);
    await world.live(3);

    expect(await codes(world)).toEqual(["connection.differs"]);
  });

  it.each(["look", "trial"] as const)("is none once it leads back, as a %s finds", async (work) => {
    const { world, first, makeDue, organization } = await movedWorld(work);
    Object.assign(organization.connection, { integrationId: first });
    await makeDue(work);

    await world.raw(world.partnerId);

    expect(await codes(world)).toEqual([]);
  });

  it("stays one where a look that somebody's feed has called for finds the same", async () => {
    const { world } = await movedWorld("look");

    expect(await world.sync({ partnerId: world.partnerId, reason: "feed" })).toBe("other-connection");

    expect(await codes(world)).toEqual(["connection.differs"]);
  });

  it("is none once it is pasted again, and everything is sent there", async () => {
    const { world, paste } = await movedWorld("look");

    await paste();
    expect(await codes(world)).toEqual([]);
    await world.work();
    await world.live(90);

    expect(await codes(world)).toEqual([]);
    expect(Object.keys(await world.counts())).toHaveLength(4);
  });
});
