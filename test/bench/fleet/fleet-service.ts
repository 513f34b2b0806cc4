import { admitExports } from "#functions/admit-exports/admit-exports";
import { exportUsage, type Lane } from "#functions/export-usage/export-usage";
import { lanePacers } from "#functions/export-usage/lane-pacers";
import { relayRow, sweepOutbox } from "#functions/relay-outbox/relay-outbox";
import { hastened } from "#functions/start-export/hasten";
import { startExport } from "#functions/start-export/start-export";
import { exportWorkers } from "#infra/export-workers";
import { breakerKeeper } from "#shared/breakers/keeper";
import { partnerToken } from "#shared/gradient/gradient-token";
import { outboxRow, type Task } from "#shared/outbox/outbox";
import { singleCallPacer } from "#shared/pace/single-calls";
import type { Item, Key, Table } from "#shared/table/table";
import { fleetAccounts } from "./fleet-accounts.ts";
import type { FleetClock } from "./fleet-clock.ts";
import type { FleetGradient } from "./fleet-gradient.ts";
import { type ExportTask, fleetQueue } from "./fleet-queue.ts";
import type { FleetTable } from "./fleet-table.ts";
import { type Hops, type Random, spread } from "./hops.ts";

interface Settings {
  clock: FleetClock;
  hops: Hops;
  random: Random;
  callsPerSecond: number;
  table: FleetTable;
  gradient: FleetGradient;
  onFailure: (failure: unknown) => void;
}

const minuteMs = 60_000;
const workerTimeoutMs = exportWorkers.timeoutMinutes * minuteMs;
// so long a process waits for its next invocation before it is ended
const keptWarmMs = 600_000;
const { batchSize } = exportWorkers;
// as infra/constructs/usage-exports.ts sets it
const visibilityMs = workerTimeoutMs + minuteMs;
const lanes = {
  "on-demand": { batchSize, visibilityMs, maxConcurrency: exportWorkers.onDemand },
  scheduled: { batchSize, visibilityMs, maxConcurrency: exportWorkers.scheduled },
};

type Run = ReturnType<typeof exportUsage>;
interface WorkerProcess {
  run: Run;
  lane: Lane;
  idleSince: number;
}

/**
 * The deployed service on a virtual clock: the job of each minute, the relay, two queues, and workers side by side,
 * each a process.
 */
export const fleetService = (settings: Settings) => {
  const { clock, hops, random, callsPerSecond, table, gradient, onFailure } = settings;
  const now = () => clock.date();
  let ids = 0;
  const newId = (): string => {
    ids += 1;
    return `${Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0")}-${ids}`;
  };
  const usage = { invocations: 0, workerMs: 0, coldStarts: 0, relays: 0, ticks: 0, tickMs: 0, longestTickMs: 0 };

  const vault = {
    read: async (secretName: string) => {
      await clock.sleep(hops.run);
      return partnerToken.parse(`gradient-token-of-${secretName.slice("fleet/".length)}`);
    },
    forget: () => undefined,
  };
  const vendorKey = { current: async () => ({ key: "vendor-key", version: "1" }), forget: () => undefined };
  const rateOf = (its: Table) => ({ table: its, clock, per: "vendor", perSecond: callsPerSecond }) as const;
  /** The breakers as one process sees them. */
  const keeperOf = (its: Table) =>
    breakerKeeper({
      table: its,
      clock,
      newId,
      vault,
      vendorKey,
      gradientWith: (_, partnerId) => gradient.as({ pacer: singleCallPacer(rateOf(its), { class: "low" })(partnerId) }),
    });

  /** Told when a worker in this lane asks for moments. */
  let onSlots: (lane: Lane) => void = () => undefined;
  const idle: WorkerProcess[] = [];
  const startProcess = (): WorkerProcess => {
    usage.coldStarts += 1;
    const process: WorkerProcess = { run: async () => new Map(), lane: "scheduled", idleSince: 0 };
    const onWrite = (keys: Key[]) => {
      if (keys[0]?.pk.startsWith("limiter#")) onSlots(process.lane);
    };
    const port = table.portFor({ onWrite });
    process.run = exportUsage({
      table: port,
      gradient,
      vault,
      refusals: keeperOf(port).refusals,
      pacersFor: lanePacers(rateOf(port)),
      callsPerSecond,
      clock,
      random,
      newId,
    });
    return process;
  };

  const invoke = async (messages: ExportTask[]): Promise<Set<ExportTask>> => {
    usage.invocations += 1;
    // the one that was used last, as Lambda does it
    const last = idle.pop();
    const isWarm = last !== undefined && clock.now() - last.idleSince < keptWarmMs;
    const process = isWarm ? last : startProcess();
    if (!isWarm) await clock.sleep(hops.coldStart);
    process.lane = messages[0]?.lane ?? "scheduled";
    const startedAt = clock.now();
    const remainingMs = () => workerTimeoutMs - (clock.now() - startedAt);
    try {
      const outcomes = await process.run(messages, { remainingMs });
      const failed = new Set<ExportTask>();
      for (const [message, outcome] of outcomes) {
        if (typeof outcome === "string") continue;
        failed.add(message);
        onFailure(outcome.failure);
      }
      return failed;
    } catch (error) {
      onFailure(error);
      throw error;
    } finally {
      usage.workerMs += clock.now() - startedAt;
      process.idleSince = clock.now();
      idle.push(process);
    }
  };
  const queueMs = () => spread(hops.queue, random);
  const queues = {
    "on-demand": fleetQueue<ExportTask>({ clock, queueMs, invoke, ...lanes["on-demand"] }),
    scheduled: fleetQueue<ExportTask>({ clock, queueMs, invoke, ...lanes.scheduled }),
  };

  const port = table.portFor({});
  const keeper = keeperOf(port);
  const { refusals, probeDue } = keeper;
  const { obstacleFor } = refusals;
  const accounts = fleetAccounts({ ...settings, table: port, vault, refusals, newId, queueMs });
  const toQueue = {
    send: async (task: Task) => {
      await clock.sleep(hops.table);
      if (task.kind === "export-usage") queues[task.lane].send(task);
      if (task.kind === "sync-accounts") accounts.queue.send(task);
    },
  };
  const relay = relayRow({ table: port, queues: toQueue });
  const sweep = sweepOutbox({ table: port, queues: toQueue, now });
  const admit = admitExports({
    table: port,
    now,
    newId,
    random,
    linesPerSecond: callsPerSecond,
    obstacleFor,
    probeDue,
  });
  const press = hastened(startExport({ table: port, now, newId, random }), toQueue);

  const tick = async (): Promise<void> => {
    const startedAt = clock.now();
    const remainingMs = () => minuteMs - (clock.now() - startedAt);
    await Promise.all([admit({ remainingMs }), sweep({ remainingMs }), accounts.watch({ remainingMs })]).catch(
      onFailure,
    );
    usage.ticks += 1;
    usage.tickMs += clock.now() - startedAt;
    usage.longestTickMs = Math.max(usage.longestTickMs, clock.now() - startedAt);
  };
  const keepTicking = (): void => {
    void tick();
    clock.at(clock.now() + minuteMs, keepTicking);
  };

  return {
    usage,
    lookOutcomes: accounts.outcomes,
    messages: () => queues.scheduled.sent() + queues["on-demand"].sent(),
    /** The table's stream: brings what is owed to its queue. */
    onPut: (row: Item): void => {
      if (!row.pk.startsWith("outbox#")) return;
      clock.at(clock.now() + spread(hops.stream, random), () => {
        usage.relays += 1;
        relay(outboxRow.parse(row)).catch(onFailure);
      });
    },
    /** The job of each minute, from then on. */
    start: (at: number): void => clock.at(at, keepTicking),
    /** A person presses *Send usage*; answers the run's id. */
    press: async (partnerId: string): Promise<string> => {
      await clock.sleep(hops.api);
      const by = { actor: "person-1", actorName: "Ada Admin", address: "203.0.113.7" };
      return (await press({ partnerId, by, mode: "full" })).id;
    },
    watchSlots: (told: (lane: Lane) => void): void => {
      onSlots = told;
    },
  };
};
