import { cancelExport } from "#functions/cancel-export/cancel-export";
import { exportUsage } from "#functions/export-usage/export-usage";
import { handOverMs } from "#functions/export-usage/send/send-chunks";
import { recoverExports } from "#functions/recover-exports/recover-exports";
import { registerToken } from "#functions/register-token/register-token";
import { relayRow, sweepOutbox } from "#functions/relay-outbox/relay-outbox";
import { startUsageExports } from "#functions/start-usage-exports/start-usage-exports";
import { syncAccounts } from "#functions/sync-accounts/sync-accounts";
import { AppError } from "#shared/errors";
import { type ExportRequest, startUsageExport } from "#shared/exports/start-usage-export";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { type OutboxRow, outboxRow, type Task } from "#shared/outbox/outbox";
import { tableSlots } from "#shared/pace/table-slots";
import type { Item, Write } from "#shared/table/table";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { callsPerSecond } from "#test/fakes/rate";
import { unproven } from "./new-tokens.ts";
import { portsOf } from "./ports.ts";
import { type End, processes, type Trace } from "./processes.ts";
import { fifo } from "./queues.ts";
import type { Random } from "./random.ts";
import { startedInPause } from "./schedule-changes.ts";
import { simulatedGradient } from "./simulated-gradient.ts";
import { timeline } from "./timeline.ts";
import { landsWithinMs, type Weather } from "./weather.ts";

export const startsAt = Date.parse("2026-11-22T12:00:00.000Z");
export const partnerId = "org-1";
export const secretName = "partner/1";
export const person = { actor: "person-1", actorName: "Ada Admin", address: "203.0.113.7" };

interface Options {
  random: Random;
  weather: Weather;
  rows: Item[];
  tellsMapping?: boolean;
  trace?: (text: string) => void;
}

const lambdaLifeMs = 300_000;

/** The failures that may happen to a process; any other is a fault of the service. */
const isForeseen = (error: unknown): boolean =>
  error instanceof AppError || (error instanceof Error && error.message.startsWith("The lease ran out"));

/** The service as it runs in the cloud, on one machine and a virtual clock: functions, queues, stream, table, Gradient. */
export const simulatedService = ({ random, weather, rows, tellsMapping = true, trace: tell }: Options) => {
  const accusations: string[] = [];
  const line = timeline(startsAt);
  const trace: Trace = (text) => tell?.(`${(line.now() - startsAt).toFixed(0).padStart(9)} ${text()}`);
  const accuse = (text: string) => {
    trace(() => `!! ${text}`);
    accusations.push(text);
  };
  const running = processes(line, weather, trace);
  const table = inMemoryTable(rows);
  const gradient = simulatedGradient({ now: line.now, landsWithinMs, tellsMapping, accuse });
  const secrets = new Map<string, PartnerToken[]>();
  const queue = fifo({ line, random, deliver: (task, done) => handle(task, done) });
  let count = 0;
  let isFair = false;

  const onWritten = (writes: Write[]) => {
    const fault = startedInPause(writes);
    if (fault) accuse(fault);
    for (const write of writes) {
      if (!("put" in write)) continue;
      const { put } = write;
      if (put.sk === "integration") {
        gradient.suspended(put.state === "suspended" ? line.now() : null);
        const claim = unproven(gradient, put);
        if (claim) accuse(claim);
      }
      if (!put.pk.startsWith("outbox#")) continue;
      const row = outboxRow.parse(put);
      // the stream finds it at once or, when that fails, the sweep does
      if (isFair || random.chance(0.85)) line.at(line.now() + random.between(50, 1500), () => void relay(row), true);
      line.at(line.now() + 61_001, sweep, true);
    }
  };
  const ports = portsOf({
    line,
    random,
    weather,
    running,
    table,
    gradient,
    secrets,
    trace,
    enqueue: queue.add,
    onWritten,
  });

  const spawn = (
    name: string,
    main: (its: ReturnType<typeof ports>, process: { startedAt: number }) => Promise<string>,
    { lifeMs = 30_000, onEnd }: { lifeMs?: number; onEnd?: (end: End) => void } = {},
  ) => {
    count += 1;
    running.spawn({
      name: `${name}-${count}`,
      skewMs: isFair ? 0 : Math.round(random.between(-2_000, 2_000)),
      lifeMs,
      main: (process) => main(ports(process), process),
      onEnd: (end) => {
        if (end.kind === "threw" && !isForeseen(end.error)) accuse(`${name} threw ${end.error}`);
        onEnd?.(end);
      },
    });
  };

  const relay = (row: OutboxRow) => spawn("relay", async (its) => relayRow(its)(row).then(() => "relayed"));
  const sweep = () => {
    if (![...table.rows.values()].some(({ pk }) => pk.startsWith("outbox#"))) return;
    spawn("sweep", async (its) => `relayed ${(await sweepOutbox(its)({ remainingMs: () => 60_000 })).relayed}`);
    line.at(line.now() + 60_000, sweep, true);
  };

  const handle = (task: Task, onEnd: (end: End) => void): void => {
    if (task.kind === "export-usage") {
      // now and then a worker that has hardly begun when it must hand over
      const lifeMs = isFair || random.chance(0.7) ? lambdaLifeMs : handOverMs + random.between(100, 3_000);
      const main = async (its: ReturnType<typeof ports>, { startedAt }: { startedAt: number }): Promise<string> =>
        exportUsage({ ...its, slotsFor: () => tableSlots(its.table, "vendor", its.clock, callsPerSecond) })(task, {
          remainingMs: () => startedAt + lifeMs - line.now(),
        });
      spawn("export", main, { lifeMs, onEnd });
    } else if (task.kind === "sync-accounts") {
      spawn("sync", (its) => syncAccounts({ ...its, gradientFor: () => its.gradient })(task), { onEnd });
    } else onEnd({ kind: "returned", value: "none of our business" });
  };

  return {
    line,
    random,
    table,
    gradient,
    secrets,
    running,
    accusations,
    trace,
    ports,
    spawn,
    queue,
    /** From now on nothing fails any more. */
    clear: () => {
      isFair = true;
      weather.clear();
    },
    start: (request: Omit<ExportRequest, "partnerId">, onEnd?: (end: End) => void) =>
      spawn(
        "start",
        async (its) => startUsageExport(its)({ ...request, partnerId }).then(({ id }) => `started ${id}`),
        {
          ...(onEnd ? { onEnd } : {}),
        },
      ),
    tick: () =>
      spawn("tick", async (its) => `started ${(await startUsageExports(its)({ remainingMs: () => 60_000 })).started}`),
    recover: () =>
      spawn("recover", async (its) => `overdue ${(await recoverExports(its)({ remainingMs: () => 60_000 })).overdue}`),
    cancel: (exportId: string) =>
      spawn("cancel", async (its) => cancelExport(its)({ partnerId, exportId, by: person }).then(({ state }) => state)),
    register: (text: string, onEnd?: (end: End) => void) =>
      spawn(
        "register",
        async (its) =>
          registerToken({ ...its, secretPrefix: "partner/", hashKey: async () => "hash-key" })({
            partnerId,
            text,
            by: person,
          }).then(({ state }) => state),
        onEnd ? { onEnd } : {},
      ),
  };
};

export type SimulatedService = ReturnType<typeof simulatedService>;
