import { AppError } from "#shared/errors";
import { gradientClient } from "#shared/gradient/gradient-client";
import type { Transport } from "#shared/gradient/https-transport";
import type { Mail, Mailer } from "#shared/mail/mailer";
import type { Task } from "#shared/outbox/outbox";
import type { TaskQueues } from "#shared/outbox/task-queues";
import type { Clock } from "#shared/pace/clock";
import { singleCallPacer } from "#shared/pace/single-calls";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { VendorKeyVersion } from "#shared/secrets/vendor-key";
import type { Item, Table, Write } from "#shared/table/table";
import type { InMemoryTable } from "#test/fakes/in-memory-table";
import { baseUrl } from "../gradient/call.ts";
import type { LaggingIndex } from "./lagging-index.ts";
import type { Process, Processes } from "./processes.ts";
import type { Secrets } from "./secrets.ts";
import type { Timeline } from "./timeline.ts";

interface Dependencies {
  /** A row as whoever reads it finds it. */
  asRead: (row: Item) => Item;
  line: Timeline;
  running: Processes;
  table: InMemoryTable;
  index: LaggingIndex;
  secrets: Secrets;
  /** Our key as the secret has it at this moment. */
  ourKey: () => VendorKeyVersion;
  enqueue: (task: Task) => void;
  deliverMail: (mail: Mail) => { messageId: string };
  wire: (process: Process) => Transport;
  callsPerSecond: number;
  /** Writes, or throws `table.conflict`. */
  apply: (writes: Write[], by: Process) => void;
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
const expecting = (expect: Write["expect"]) => (expect === undefined ? {} : { expect });

// an index is a few seconds behind at most, as a rule
const lag = ({ random }: Process): number => (random.chance(0.03) ? 60_000 : 3_000 * random.next());

/** The service's ports as one process has them: every call is a step that may fail, be late, or be its last. */
export const portsOf = (dependencies: Dependencies) => {
  const { asRead, line, running, table, index, secrets, ourKey, enqueue, deliverMail, wire, callsPerSecond, apply } =
    dependencies;
  let ids = 0;
  const newId = () => `${String(++ids).padStart(8, "0")}-id`;

  return (process: Process) => {
    const call = running.call;
    const clock: Clock = {
      now: () => line.now() + process.skewMs,
      sleep: (ms) => running.sleep(process, ms),
    };
    const write = (writes: Write[]): Promise<void> =>
      call(
        process,
        "write",
        () => writes.map(textOf).join(", "),
        async () => apply(writes, process),
      );
    const read = <T>(what: () => string, effect: () => Promise<T>) => call(process, "read", what, effect);
    const ported: Table = {
      get: (key) =>
        read(
          () => `get ${key.pk}|${key.sk}`,
          async () => {
            const row = await table.get(key);
            return row && asRead(row);
          },
        ),
      getMany: (keys) =>
        read(
          () => `getMany ${keys.map(({ pk, sk }) => `${pk}|${sk}`).join(", ")}`,
          async () => (await table.getMany(keys)).map(asRead),
        ),
      query: (query) =>
        read(
          () => `query ${query.pk}|${query.prefix ?? ""}`,
          async () => {
            const page = await table.query(query);
            return { ...page, items: page.items.map(asRead) };
          },
        ),
      count: (rows) =>
        read(
          () => `count ${rows.pk}|${rows.prefix}`,
          () => table.count(rows),
        ),
      due: (query) =>
        read(
          () => `due ${query.kind}`,
          async () => index.due(query, lag(process)),
        ),
      put: (put, expect) => write([{ put, ...expecting(expect) }]),
      delete: (key, expect) => write([{ delete: key, ...expecting(expect) }]),
      transact: write,
    };
    const vault: TokenVault = {
      store: (name, token) =>
        call(
          process,
          "vault",
          () => "store token",
          async () => ({ versionId: secrets.store(name, token) }),
        ),
      read: (name, versionId) =>
        call(
          process,
          "vault",
          () => "read token",
          async () => {
            const token = secrets.find(name, versionId);
            if (!token) throw new AppError("not-found", "token.missing", "missing");
            process.noteToken(name, versionId, token);
            return token;
          },
        ),
      forget: () => undefined,
      remove: (name) =>
        call(
          process,
          "vault",
          () => "remove token",
          async () => secrets.remove(name),
        ),
    };
    const queues: TaskQueues = {
      send: (task) =>
        call(
          process,
          "queue",
          () => `queue ${task.kind}`,
          async () => enqueue(task),
        ),
    };
    const mailer: Mailer = {
      send: (mail) =>
        call(
          process,
          "mail",
          () => `mail ${mail.reference}`,
          async () => deliverMail(mail),
        ),
    };
    const vendorKey = secrets.vendorKeyOf(process.what, clock, {
      isWarm: process.random.fork("warm").chance(0.5),
      read: () =>
        call(
          process,
          "vault",
          () => "read vendor key",
          async () => ourKey(),
        ),
    });
    const transport = wire(process);
    const clientWith = (key: string | (() => Promise<string>)) =>
      gradientClient({ baseUrl, vendorKey: key, transport, now: () => new Date(clock.now()) });
    const rate = { table: ported, clock, per: "vendor", perSecond: callsPerSecond } as const;
    const pacerFor = singleCallPacer(rate, { class: "low" });
    return {
      table: ported,
      vault,
      queues,
      mailer,
      clock,
      now: () => new Date(clock.now()),
      newId,
      random: process.random.fork("jitter").next,
      vendorKey,
      rate,
      /** Gradient under this key of ours, or under the one that is current at each call. */
      gradientWith: (key: string, partnerId: string) => clientWith(key).as({ pacer: pacerFor(partnerId) }),
      gradient: clientWith(async () => (await vendorKey.current()).key),
    };
  };
};

export type Ports = ReturnType<ReturnType<typeof portsOf>>;
