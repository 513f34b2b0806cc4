import { AppError } from "#shared/errors";
import type { GradientApi } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { Task } from "#shared/outbox/outbox";
import type { TaskQueues } from "#shared/outbox/task-queues";
import type { Clock } from "#shared/pace/clock";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { Table, Write } from "#shared/table/table";
import type { InMemoryTable } from "#test/fakes/in-memory-table";
import type { Process, Processes, Trace } from "./processes.ts";
import type { Random } from "./random.ts";
import type { SimulatedGradient } from "./simulated-gradient.ts";
import type { Timeline } from "./timeline.ts";
import type { Weather } from "./weather.ts";

interface Dependencies {
  line: Timeline;
  random: Random;
  weather: Weather;
  running: Processes;
  table: InMemoryTable;
  gradient: SimulatedGradient;
  secrets: Map<string, PartnerToken[]>;
  trace: Trace;
  enqueue: (task: Task) => void;
  /** Told of every write that took effect. */
  onWritten: (writes: Write[]) => void;
}

const textOf = (write: Write): string => {
  const [verb, key] =
    "put" in write
      ? (["put", write.put] as const)
      : "delete" in write
        ? (["delete", write.delete] as const)
        : (["check", write.check] as const);
  return `${verb} ${key.pk}|${key.sk}${write.expect === undefined ? "" : `@${write.expect}`}`;
};

/** The service's ports as one process has them: every call is a step that may fail, be late, or be its last. */
export const portsOf = ({
  line,
  random,
  weather,
  running,
  table,
  gradient,
  secrets,
  trace,
  enqueue,
  onWritten,
}: Dependencies) => {
  let ids = 0;
  const newId = () => `${String(++ids).padStart(8, "0")}-id`;

  return (process: Process) => {
    const clock: Clock = {
      now: () => line.now() + process.skewMs,
      sleep: (ms) => running.sleep(process, ms),
    };
    const write = (writes: Write[]): Promise<void> =>
      running.call(
        process,
        "write",
        () => writes.map(textOf).join(", "),
        async () => {
          table.apply(writes);
          onWritten(writes);
        },
      );
    const ported: Table = {
      get: (key) =>
        running.call(
          process,
          "read",
          () => `get ${key.pk}|${key.sk}`,
          () => table.get(key),
        ),
      getMany: (keys) =>
        running.call(
          process,
          "read",
          () => "getMany",
          () => table.getMany(keys),
        ),
      query: (query) =>
        running.call(
          process,
          "read",
          () => `query ${query.pk}|${query.prefix ?? ""}`,
          () => table.query(query),
        ),
      due: (query) =>
        running.call(
          process,
          "read",
          () => `due ${query.kind}`,
          () => table.due(query),
        ),
      put: (put, expect) => {
        const one: Write = { put, ...(expect === undefined ? {} : { expect }) };
        return write([one]);
      },
      delete: (key, expect) => {
        const one: Write = { delete: key, ...(expect === undefined ? {} : { expect }) };
        return write([one]);
      },
      transact: (writes) => write(writes),
    };
    const vault: TokenVault = {
      store: (name, token) =>
        running.call(
          process,
          "vault",
          () => "store token",
          async () => {
            const versions = secrets.get(name) ?? [];
            if (!versions.includes(token)) versions.push(token);
            secrets.set(name, versions);
            return { versionId: `version-${versions.indexOf(token) + 1}` };
          },
        ),
      read: (name, versionId) =>
        running.call(
          process,
          "vault",
          () => "read token",
          async () => {
            const token = secrets.get(name)?.[Number(versionId.replace("version-", "")) - 1];
            if (!token) throw new AppError("not-found", "token.missing", "missing");
            return token;
          },
        ),
      forget: () => undefined,
      remove: (name) =>
        running.call(
          process,
          "vault",
          () => "remove token",
          async () => void secrets.delete(name),
        ),
    };
    const ask = <T>(what: string, effect: () => T): Promise<T> =>
      running.call(
        process,
        "gradient",
        () => what,
        async () => effect(),
      );

    const setUnitCount: GradientApi["setUnitCount"] = (token, count) =>
      new Promise((resolve, reject) => {
        if (!process.isAlive) return;
        const fate = weather.postFate();
        const what = () => `${count.unitCount} for ${count.accountId}/${count.serviceId}`;
        if (fate.dies === "before") {
          trace(() => `${process.name} dies before sending ${what()}`);
          running.kill(process);
          return;
        }
        if (fate.fails) {
          running.resume(process, line.now() + 1, () =>
            reject(new AppError("unavailable", "secrets.unavailable", "no key")),
          );
          return;
        }
        const post = gradient.send(process, token, count);
        trace(() => `${process.name} sends ${what()}`);
        let truth = fate.answer;
        if (fate.landsMs !== null) {
          const land = () => {
            const found = gradient.land(post);
            truth ??= found;
            trace(() => `${what()} reaches Gradient: ${found.kind}`);
          };
          line.at(line.now() + fate.landsMs, land, false);
        }
        running.resume(process, line.now() + fate.answersMs, () => {
          const answer = truth ?? { kind: "in-doubt", reason: "nothing landed" };
          if (answer.kind !== "in-doubt") post.settledAt = line.now();
          if (answer.kind === "token-rejected") process.sawRejection = true;
          trace(() => `${process.name} hears ${answer.kind} of ${what()}`);
          if (fate.pauseMs > 0) process.pausedUntil = line.now() + fate.pauseMs;
          running.resume(process, line.now(), () => resolve(answer));
        });
        if (fate.dies === "after" || fate.answer?.kind === "in-doubt") gradient.unanswered(post);
        if (fate.dies === "after") running.kill(process);
      });
    const queues: TaskQueues = {
      send: (task) =>
        running.call(
          process,
          "queue",
          () => `queue ${task.kind}`,
          async () => enqueue(task),
        ),
    };
    return {
      table: ported,
      vault,
      queues,
      clock,
      now: () => new Date(clock.now()),
      newId,
      random: random.next,
      gradient: {
        readConnection: (token: string) => ask("read connection", () => gradient.readConnection(token)),
        setStatus: (token: string, status: string) => ask("set status", () => gradient.setStatus(token, status)),
        readServices: (token: string) => ask("read services", () => gradient.readServices(token)),
        createService: (token: string, { name }: { name: string }) =>
          ask("create service", () => gradient.createService(token, name)),
        readAccounts: (token: string) => ask("read accounts", () => gradient.readAccounts(token)),
        createAccounts: (token: string, accounts: { id: string; name: string }[]) =>
          ask("create accounts", () => gradient.createAccounts(token, accounts)),
        changeAccounts: (token: string, changes: { id: string; name?: string; isActive?: boolean }[]) =>
          ask("change accounts", () => gradient.changeAccounts(token, changes)),
        setUnitCount,
      } satisfies GradientApi,
    };
  };
};
