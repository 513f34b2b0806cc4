import { breakers } from "#shared/breakers/breakers";
import { AppError } from "#shared/errors";
import type { Clock } from "#shared/pace/clock";
import type { VendorKey, VendorKeyVersion } from "#shared/secrets/vendor-key";
import type { Table, Write } from "#shared/table/table";
import type { Process, Processes } from "#test/simulation/world/processes";
import type { Timeline } from "#test/simulation/world/timeline";
import type { Fleet, Truth } from "./fleet.ts";
import type { Rules } from "./rules.ts";

const keptKeyMs = 5 * 60_000;

interface Dependencies {
  line: Timeline;
  running: Processes;
  world: Fleet;
  watch: Rules;
  /** Right after Gradient was asked about a token. */
  onAsked: () => void;
}

/** The ports as one process has them: every call is a step that may fail, be late, or be its last. */
export const crew = ({ line, running, world, watch, onAsked }: Dependencies) => {
  const { table } = world;
  let ids = 0;

  const tableOf = (process: Process): Table => {
    const write = (writes: Write[]) =>
      running.call(
        process,
        "write",
        () => writes.map((one) => JSON.stringify(one)).join("\n    "),
        async () => {
          const before = writes.map((one) =>
            "put" in one ? table.rows.get(`${one.put.pk}\u0000${one.put.sk}`) : undefined,
          );
          world.vendorBefore = world.breaker("vendor");
          table.apply(writes);
          watch.onWritten(writes, before);
        },
      );
    const read = <T>(what: string, effect: () => Promise<T>) => running.call(process, "read", () => what, effect);
    return {
      get: (key) => read(`get ${key.pk}`, () => table.get(key)),
      getMany: (keys) => read("getMany", () => table.getMany(keys)),
      query: (query) => read("query", () => table.query(query)),
      count: (rows) => read("count", () => table.count(rows)),
      due: (query) => read(`due ${query.kind}`, () => table.due(query)),
      put: (put, expect) => write([{ put, ...(expect === undefined ? {} : { expect }) }]),
      delete: (key, expect) => write([{ delete: key, ...(expect === undefined ? {} : { expect }) }]),
      transact: write,
    };
  };

  const vendorKeyOf = (process: Process): VendorKey => {
    let kept: { value: Promise<VendorKeyVersion>; until: number } | undefined;
    return {
      current: () => {
        if (kept && line.now() < kept.until) return kept.value;
        const value = running.call(
          process,
          "vault",
          () => "read vendor key",
          async () => ({ key: world.storedKey, version: world.storedKey }),
        );
        const fresh = { value, until: line.now() + keptKeyMs };
        kept = fresh;
        value.catch(() => {
          if (kept === fresh) kept = undefined;
        });
        return value;
      },
      forget: () => {
        kept = undefined;
      },
    };
  };

  const member = (process: Process) => {
    const clock: Clock = { now: line.now, sleep: (ms) => running.sleep(process, ms) };
    const vendorKey = vendorKeyOf(process);
    const call = async (id: string, token: string, key: string, kind: "count" | "organization") => {
      const sentAt = line.now();
      const say = () => `${kind} of ${id} with ${token} and ${key}: ${world.truth(id, token, key, kind).answer}`;
      const hear = (truth: Truth) => {
        watch.onAnswer({ ...truth, partnerId: id, call: kind, key, sentAt });
        return truth;
      };
      const found = await running
        .call(process, "gradient", say, async () => {
          const truth = hear(world.truth(id, token, key, kind));
          if (kind === "organization") onAsked();
          return truth;
        })
        .catch((error: unknown) => {
          // no answer came back, whatever was said
          if (!(error instanceof AppError)) throw error;
          world.changedAt = line.now();
          return hear({ answer: "unanswered", fault: null });
        });
      return { answer: found.answer, sentAt };
    };
    const guard = breakers({
      table: tableOf(process),
      clock,
      newId: () => {
        ids += 1;
        return `id-${ids}`;
      },
      vendorKey,
      waiting: async () => world.tenants.slice(0, 3).map(({ id }) => id),
      ask: async ({ partnerId, tokenVersionId, vendorKey: key }) => {
        watch.onAsk(partnerId, process);
        const { answer } = await call(partnerId, tokenVersionId, key, "organization");
        if (answer === "unanswered") watch.onUnanswered(process);
        return answer;
      },
    });
    const note: typeof guard.note = (outcome) => {
      watch.onNoted(process, outcome);
      return guard.note(outcome);
    };
    return { process, clock, vendorKey, call, guard: { ...guard, note } };
  };

  const members = new Map<string, ReturnType<typeof member>>();
  return {
    /** The process of that name; a new one where it has died. */
    named: (name: string) => {
      const known = members.get(name);
      if (known?.process.isAlive) return known;
      // it works for as long as it lives
      const fresh = member(
        running.spawn({ what: name, lifeMs: Number.MAX_SAFE_INTEGER, main: () => new Promise(() => undefined) }),
      );
      members.set(name, fresh);
      return fresh;
    },
  };
};
export type Crew = ReturnType<typeof crew>;
export type Member = ReturnType<Crew["named"]>;
