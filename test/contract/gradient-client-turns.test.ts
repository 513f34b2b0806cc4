import { describe, expect, it } from "vitest";
import type { Caller } from "#shared/gradient/gradient-api";
import { freePacer } from "#test/fakes/paced-gradient";
import { aClient, count, server, token, vendorKey } from "./gradient-client-rig.ts";
import { json } from "./loopback-server.ts";

describe("a request's turn", () => {
  /** A pacer that gives these, one after the other, and notes what is asked of it. */
  const scripted = (...usable: (number | null)[]) => {
    const happened: string[] = [];
    const pacer: Caller["pacer"] = {
      slot: async () => {
        happened.push("slot");
        return usable.shift() ?? null;
      },
      slowDown: async (ms) => void happened.push(`slow down ${ms}`),
    };
    return { happened, pacer };
  };
  const ever = Number.POSITIVE_INFINITY;

  it("comes after the vendor key was renewed, and its guard is asked last", async () => {
    const { happened, pacer } = scripted(ever);
    server.respondWith(json(201, {}));
    const api = aClient(
      {
        vendorKey: async () => {
          happened.push("key");
          return vendorKey;
        },
      },
      { pacer, mayGo: async () => happened.push("guard") > 0 },
    );

    await api.setUnitCount(token, count);

    expect(happened).toEqual(["key", "slot", "guard"]);
  });

  it("is when the answer says that the count was sent: after the slot, not before", async () => {
    let time = 1_000;
    const pacer = {
      ...freePacer,
      slot: async () => {
        time += 500;
        return ever;
      },
    };
    server.respondWith(json(201, {}));
    const sent = await aClient({ now: () => new Date(time) }, { pacer }).setUnitCount(token, count);
    expect(sent).toEqual({ kind: "accepted", sentAt: 1_500 });
  });

  it("comes again where its caller took longer than the slot may wait", async () => {
    let time = 1_000;
    const { happened, pacer } = scripted(1_012, 1_112);
    server.respondWith(json(201, {}));
    const mayGo = async () => {
      time += 100;
      return true;
    };
    // the second time the lease is renewed already
    const quickThen = async () => (time > 1_000 ? true : mayGo());

    const api = aClient({ now: () => new Date(time) }, { pacer, mayGo: quickThen });
    expect(await api.setUnitCount(token, count)).toEqual({ kind: "accepted", sentAt: 1_100 });
    expect(happened).toEqual(["slot", "slot"]);
  });

  it.each([
    ["has no slot in time", null, true],
    ["is denied", ever, false],
    ["misses every slot", 0, true],
  ])("that %s sends nothing, which is no refusal", async (_, usable, may) => {
    const { pacer } = scripted(...Array.from({ length: 9 }, () => usable));
    const api = aClient({}, { pacer, mayGo: async () => may });

    expect(await api.setUnitCount(token, count)).toEqual({ kind: "not-sent" });
    await expect(api.readConnection(token)).rejects.toMatchObject({ kind: "unavailable", code: "gradient.not-asked" });
    expect(server.received).toEqual([]);
  });

  it("is one for each request of a call", async () => {
    const { happened, pacer } = scripted(...Array.from({ length: 9 }, () => ever));
    server.respondWith(json(200, []));
    const api = aClient({}, { pacer });

    await api.changeAccounts(
      token,
      Array.from({ length: 1001 }, (_, index) => ({ id: `c${index}`, name: "A" })),
    );

    expect(server.received).toHaveLength(3);
    expect(happened).toEqual(["slot", "slot", "slot"]);
  });

  it("slows everybody down after a 429, also where the table cannot be told", async () => {
    const { happened, pacer } = scripted(ever, ever);
    server.respondWith(json(429, {}, { "retry-after": "2" }));
    await aClient({}, { pacer }).setUnitCount(token, count);
    await expect(aClient({}, { pacer }).readAccounts(token)).rejects.toMatchObject({ code: "gradient.throttled" });
    expect(happened).toEqual(["slot", "slow down 2000", "slot", "slow down 2000"]);

    const deaf = { ...freePacer, slowDown: () => Promise.reject(new Error("no table")) };
    expect(await aClient({}, { pacer: deaf }).setUnitCount(token, count)).toMatchObject({ kind: "throttled" });
  });
});
