import { describe, expect, it } from "vitest";
import { registerToken } from "#functions/register-token/register-token";
import { startIntegration } from "#functions/start-integration/start-integration";
import { AppError } from "#shared/errors";
import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import { maxTries, readTokenTries, triedWrite, tryWrite } from "#shared/integrations/token-tries";
import { store } from "#shared/table/table";
import { aPartnerRow } from "#test/builders/partner";
import { rowsOf } from "#test/builders/table";
import type { ServiceWorld } from "#test/fakes/service-world";
import { register, startedWorld, tokenInForce } from "./token-rig.ts";

it("typed wrong by three partners, again and again, opens no breaker for anybody", async () => {
  const { world } = await startedWorld();
  const others = ["org-2", "org-3"];
  await world.table.put(aPartnerRow({ id: "org-3" }));
  for (const partnerId of others) await startIntegration(world.common)({ partnerId, by: world.by });

  for (let attempt = 0; attempt < maxTries - 1; attempt += 1) {
    for (const partnerId of [world.partnerId, ...others]) {
      const text = `gradient-partner-token-wrong-${attempt}`;
      await expect(world.register({ partnerId, text, by: world.by })).rejects.toMatchObject({ code: "token.rejected" });
      await world.pass(500);
    }
  }

  expect([...world.table.rows.values()].filter(({ pk }) => pk.startsWith("breaker#"))).toEqual([]);
  await register(world, world.token);
  expect(await world.integration()).toMatchObject({ state: "awaiting-agreement" });
});

it("begins to count anew where the count cannot be read, which must lock nobody out", async () => {
  const { world } = await startedWorld();
  await world.table.put({ pk: `partner#${world.partnerId}`, sk: "token-tries", version: 4, refusedAt: 7 });
  await expect(register(world, "a-token-that-is-wrong")).rejects.toMatchObject({ code: "token.rejected" });

  expect(await readTokenTries(world.table, world.partnerId)).toMatchObject({
    refusedAt: [expect.any(String)],
    version: 6,
  });
  await register(world, world.token);
});

describe("tries are limited", () => {
  it("to five refused tokens in ten minutes, before Gradient is asked, and each is told to the audit trail", async () => {
    const { world } = await startedWorld();
    for (let count = 1; count <= 5; count += 1) {
      await expect(register(world, `a-token-that-is-wrong-${count}`)).rejects.toMatchObject({ code: "token.rejected" });
      await world.pass(60_000);
    }
    world.gradient.failNext("readConnection", { error: new Error("must not be called") });

    await expect(register(world, world.token)).rejects.toMatchObject({
      kind: "too-many",
      code: "token.cooldown",
      retryAfterSeconds: 300,
    });
    const results = rowsOf(world.table, `partner#${world.partnerId}`, "event#")
      .filter(({ type }) => type === "token.refused")
      .map(({ details }) => details);
    expect(results).toEqual([
      ...Array.from({ length: 5 }, () => ({ result: "token.rejected" })),
      { result: "token.cooldown" },
    ]);
    await world.pass(300_001);
    await expect(register(world, world.token)).rejects.toThrow("must not be called");
    await register(world, world.token);
  });

  it("of twenty at the same moment only five reach Gradient, and every one is told to the audit trail", async () => {
    const { world } = await startedWorld();
    let asked = 0;
    const gradientFor = () => ({
      ...world.gradient,
      readConnection: (token: PartnerToken) => {
        asked += 1;
        return world.gradient.readConnection(token);
      },
    });
    const tryOne = registerToken({ ...world.common, gradientFor, secretPrefix: "p/", hashKey: async () => "hash-key" });

    const ends = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        tryOne({ partnerId: world.partnerId, text: `a-token-that-is-wrong-${index}`, by: world.by }),
      ),
    );

    expect(asked).toBe(5);
    const codes = ends.map((end) => (end.status === "rejected" ? end.reason.code : "taken")).sort();
    const expected = [...Array<string>(15).fill("token.cooldown"), ...Array<string>(5).fill("token.rejected")];
    expect(codes).toEqual(expected);
    const told = rowsOf(world.table, `partner#${world.partnerId}`, "event#")
      .filter(({ type }) => type === "token.refused")
      .map(({ details }) => Object(details).result)
      .sort();
    expect(told).toEqual(expected);
  });

  it("a good one takes none of them, and one whose worker has died gives it back by itself", async () => {
    const { world } = await startedWorld();
    for (let count = 1; count <= 7; count += 1) await register(world, world.token);
    for (let count = 1; count <= 5; count += 1) {
      await store(
        world.table,
        tryWrite(await readTokenTries(world.table, world.partnerId), `${count}`, world.clock.date()),
      );
    }

    await expect(register(world, world.token)).rejects.toMatchObject({ code: "token.cooldown", retryAfterSeconds: 1 });
    await world.pass(30_001);

    await register(world, world.token);
  });

  it("and what is Gradient's fault, or malformed, does not count", async () => {
    const { world } = await startedWorld();
    for (let count = 1; count <= 6; count += 1) {
      await expect(register(world, "short")).rejects.toMatchObject({ code: "token.malformed" });
      world.gradient.failNext("readConnection", { error: new AppError("unavailable", "gradient.unavailable", "down") });
      await expect(register(world, world.token)).rejects.toMatchObject({ code: "gradient.unavailable" });
    }

    await register(world, world.token);
  });
});

/** Counts the tokens that reach Gradient. */
const countingTries = (world: ServiceWorld) => {
  const asked: PartnerToken[] = [];
  const gradientFor = () => ({
    ...world.gradient,
    readConnection: (token: PartnerToken) => {
      asked.push(token);
      return world.gradient.readConnection(token);
    },
  });
  const tried = registerToken({ ...world.common, gradientFor, secretPrefix: "p/", hashKey: async () => "hash-key" });
  return { asked, tryOne: (text: string) => tried({ partnerId: world.partnerId, text, by: world.by }) };
};

describe("a token that is tried in two readings", () => {
  it("is two of the five that Gradient may refuse, and the sixth never reaches it", async () => {
    const { world } = await startedWorld();
    const { asked, tryOne } = countingTries(world);
    for (let count = 1; count <= 3; count += 1) {
      await expect(tryOne(`*a-token-that-is-wrong-${count}*`)).rejects.toMatchObject({ code: "token.rejected" });
    }

    await expect(tryOne(world.token)).rejects.toMatchObject({ code: "token.cooldown", retryAfterSeconds: 600 });
    expect(asked).toEqual([
      "a-token-that-is-wrong-1",
      "*a-token-that-is-wrong-1*",
      "a-token-that-is-wrong-2",
      "*a-token-that-is-wrong-2*",
      "a-token-that-is-wrong-3",
    ]);
  });

  it("is none of them where the second is good, however often it is pasted", async () => {
    const { world } = await startedWorld();
    const odd = partnerToken.parse("*gradient-partner-token-0003*");
    world.gradient.addOrganization({ token: odd });

    for (let count = 1; count <= 7; count += 1) await register(world, odd);

    expect((await readTokenTries(world.table, world.partnerId)).refusedAt).toEqual([]);
  });

  it("is one of them where Gradient is down for the second", async () => {
    const { world } = await startedWorld();
    const gradientFor = () => ({
      ...world.gradient,
      readConnection: async (token: PartnerToken) => {
        if (token.startsWith("*")) throw new AppError("unavailable", "gradient.unavailable", "down");
        return world.gradient.readConnection(token);
      },
    });
    const tried = registerToken({ ...world.common, gradientFor, secretPrefix: "p/", hashKey: async () => "hash-key" });

    await expect(tried({ ...world, text: "*a-token-that-is-wrong*" })).rejects.toMatchObject({
      code: "gradient.unavailable",
    });

    expect((await readTokenTries(world.table, world.partnerId)).refusedAt).toHaveLength(1);
  });
});

it("a try that is over leaves a row whose version goes on: who has read it before cannot take it for the same", async () => {
  const { world } = await startedWorld();
  const now = world.clock.date();
  const read = () => readTokenTries(world.table, world.partnerId);
  await store(world.table, tryWrite(await read(), "first", now));
  const seenByOther = await read();
  await store(world.table, triedWrite(await read(), [{ id: "first", isRefused: false }], now));
  await store(world.table, tryWrite(await read(), "second", now));

  await expect(store(world.table, tryWrite(seenByOther, "third", now))).rejects.toMatchObject({
    code: "table.conflict",
  });
  expect((await read()).underWay).toMatchObject([{ id: "second" }]);
});

it("a token that lost a character which was its own is tried once as it was pasted", async () => {
  const { world } = await startedWorld();
  const odd = partnerToken.parse("*gradient-partner-token-0003*");
  world.gradient.addOrganization({ token: odd });

  await register(world, odd);

  expect(await tokenInForce(world)).toBe(odd);
});
