import { describe, expect, it } from "vitest";
import { integrationWrite } from "#shared/integrations/integration";
import { activeWorld } from "#test/builders/connected-world";

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
