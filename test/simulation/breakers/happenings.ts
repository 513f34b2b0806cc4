import { closeBreaker } from "#shared/breakers/state/operate";
import type { Random } from "#test/simulation/world/random";
import type { Timeline } from "#test/simulation/world/timeline";
import { connectionOf, type Fleet, keysOf, type Tenant } from "./fleet.ts";

const minuteMs = 60_000;

interface Dependencies {
  line: Timeline;
  random: Random;
  world: Fleet;
  trace: (text: () => string) => void;
}

/** What Gradient, partners and operators may do to us. Each lasts for a while, or for ever. */
export const happenings = ({ line, random, world, trace }: Dependencies) => {
  const pending: (() => void)[] = [];
  let isOver = false;

  const happened = (text: string) => {
    trace(() => text);
    world.changedAt = line.now();
    if (world.goodKey !== world.storedKey) world.keyWasWrongAt = line.now();
  };
  /** Happens then, or earlier where that is the worst moment. */
  const later = (ms: number, text: string, happen: () => void) => {
    let isDone = false;
    const once = () => {
      if (isDone || isOver) return;
      isDone = true;
      // until now it was wrong
      if (world.goodKey !== world.storedKey) world.keyWasWrongAt = line.now();
      happen();
      happened(text);
    };
    pending.push(once);
    line.at(line.now() + ms, once, false);
  };
  const store = (key: string) => {
    world.storedKey = key;
    world.keyStoredAt = line.now();
  };
  /** From half a minute, so that hardly a call sees it begin and end, to half an hour. */
  const aWhile = () => random.pick([0.5, 2, 8, 30]) * minuteMs * random.between(1, 1.5);
  const anyone = (): Tenant => random.pick(world.tenants as [Tenant, ...Tenant[]]);
  let tokens = 1;

  const replaceToken = (tenant: Tenant) => {
    const { token, gradient } = world.integrationOf(tenant.id);
    if (token === null) return;
    tokens += 1;
    tenant.goodToken = `token-${tokens}`;
    const integrationId = random.chance(0.3) ? `${connectionOf(tenant.id)}-${tokens}` : gradient?.integrationId;
    world.change(tenant.id, (before) => ({
      state: "active",
      token: { ...token, versionId: `token-${tokens}`, status: "valid" },
      gradient: before.gradient && { ...before.gradient, integrationId: integrationId ?? "" },
    }));
  };

  return {
    revokedKey: () => {
      const tenant = anyone();
      tenant.goodToken = null;
      happened(`${tenant.id} revokes its key`);
      if (random.chance(0.3)) later(aWhile(), `${tenant.id} registers another key`, () => replaceToken(tenant));
    },
    vendorKeyRefused: () => {
      world.goodKey = "none";
      happened("Gradient refuses our key");
      // either Gradient takes the same key again, or an operator stores another one
      const isTaken = random.chance(0.5);
      later(aWhile(), "our key is right again", () => {
        if (!isTaken) store(`${world.storedKey}+`);
        world.goodKey = world.storedKey;
      });
    },
    wrongVendorKeyStored: () => {
      const before = world.goodKey;
      store(`${world.storedKey}-typo`);
      happened("an operator stores a wrong key");
      later(aWhile(), "the right key is stored again", () => {
        store(`${world.storedKey}-again`);
        if (before !== "none") world.goodKey = world.storedKey;
      });
    },
    vendorKeyRenewed: () => {
      if (world.goodKey === "none") return;
      store(`${world.storedKey}-new`);
      world.goodKey = world.storedKey;
      happened("our key is renewed");
    },
    forbidsOne: () => {
      const tenant = anyone();
      tenant.isForbidden = true;
      happened(`Gradient forbids ${tenant.id}`);
      later(aWhile() * 2, `${tenant.id} is allowed again`, () => {
        tenant.isForbidden = false;
      });
    },
    forbidsAll: () => {
      world.forbidsAll = true;
      happened("Gradient forbids everybody");
      later(aWhile() * 2, "everybody is allowed again", () => {
        world.forbidsAll = false;
      });
    },
    isDown: () => {
      world.isDown = true;
      happened("Gradient is down");
      later(aWhile(), "Gradient is up again", () => {
        world.isDown = false;
      });
    },
    hiccup: () => {
      const tenant = anyone();
      tenant.hasHiccup = true;
      happened(`Gradient refuses ${tenant.id} for a moment`);
      later(3_000, `${tenant.id} is taken again`, () => {
        tenant.hasHiccup = false;
      });
    },
    countsRefused: () => {
      const tenant = anyone();
      tenant.refusesCounts = true;
      happened(`Gradient refuses counts of ${tenant.id}`);
      later(random.pick([2_000, aWhile()]), `counts of ${tenant.id} are taken again`, () => {
        tenant.refusesCounts = false;
      });
    },
    tokenReplaced: () => replaceToken(anyone()),
    pauses: () => {
      const { id } = anyone();
      const pausedUntil = new Date(line.now() + aWhile()).toISOString();
      world.change(id, ({ schedule }) => ({ schedule: { ...schedule, pausedUntil } }));
      world.pausedAt = line.now();
      happened(`${id} pauses`);
    },
    disconnects: () => {
      const { id } = anyone();
      world.change(id, () => ({ state: "disconnected", token: null }));
      happened(`${id} disconnects`);
    },
    operatorCloses: () => {
      later(random.between(0, 10) * minuteMs, "an operator closes what is open", () => {
        for (const key of keysOf(world)) {
          if (world.breaker(key)?.trouble == null) continue;
          world.closedByOperator.set(key, line.now());
          void closeBreaker(world.table, key, line.now());
        }
      });
    },
    /** Something that was to end ends at once. */
    hasten: () => pending.shift()?.(),
    /** Everything is well again but for what partners have done. */
    end: () => {
      isOver = true;
      world.isDown = false;
      world.forbidsAll = false;
      world.goodKey = world.storedKey;
      for (const tenant of world.tenants) {
        tenant.isForbidden = false;
        tenant.refusesCounts = false;
        tenant.hasHiccup = false;
      }
    },
  };
};
export type Happenings = ReturnType<typeof happenings>;
