import { admitExports } from "#functions/admit-exports/admit-exports";
import { closeConnection } from "#functions/close-connection/close-connection";
import { exportUsage } from "#functions/export-usage/export-usage";
import { lanePacers } from "#functions/export-usage/lane-pacers";
import { handOverMs } from "#functions/export-usage/send/send-chunks";
import { relayRow, sweepOutbox } from "#functions/relay-outbox/relay-outbox";
import { sendOwnerMail } from "#functions/send-owner-mail/send-owner-mail";
import { syncAccounts } from "#functions/sync-accounts/sync-accounts";
import { syncCatalogue } from "#functions/sync-catalogue/sync-catalogue";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { watchMappings } from "#functions/watch-mappings/watch-mappings";
import { currentAgreement } from "#shared/agreements/agreement";
import { breakerKeeper } from "#shared/breakers/keeper";
import { patientGradient } from "#shared/gradient/patient-gradient";
import type { OutboxRow, Task } from "#shared/outbox/outbox";
import { singleCallPacer } from "#shared/pace/single-calls";
import { baseUrl } from "../gradient/call.ts";
import type { Job } from "./jobs.ts";
import type { Ports } from "./ports.ts";
import type { End, Process } from "./processes.ts";
import type { Failed } from "./queues.ts";
import type { Random } from "./random.ts";

/** Starts a process; `what` names it. */
export type Spawn = (
  what: string,
  main: (its: Ports, process: Process) => Promise<string>,
  more?: { lifeMs?: number; onEnd?: (end: End) => void },
) => void;

interface Dependencies {
  spawn: Spawn;
  now: () => number;
  random: Random;
  isRough: () => boolean;
  callsPerSecond: number;
  /** How many rows that are found in an index were written until now. */
  changes: () => number;
}

type ExportTask = Extract<Task, { kind: "export-usage" }>;

const lambdaLifeMs = 300_000;
const jobLifeMs = 60_000;

/** What runs in the cloud: a function for each task and job, with its ports and for its time. */
export const cloudOf = ({ spawn, now, random, isRough, callsPerSecond, changes }: Dependencies) => {
  const withSlots = (its: Ports) => ({
    ...its,
    gradientFor: (partnerId: string, mayGo?: () => Promise<boolean>) => {
      const pacer = singleCallPacer(its.rate, { class: "low" })(partnerId);
      const gradient = its.gradient.as({ pacer, ...(mayGo ? { mayGo } : {}) });
      return patientGradient(gradient, { clock: its.clock, patienceMs: 15_000 });
    },
  });

  const catalogue = (its: Ports) =>
    syncCatalogue({ ...withSlots(its), refusals: breakerKeeper(its).refusals })({ remainingMs: () => 60_000 });

  const carry = (tasks: ExportTask[], onEnd: (failed: Failed) => void): void => {
    // now and then a worker that has hardly begun when it must hand over
    const lifeMs = isRough() && random.chance(0.3) ? handOverMs + random.between(100, 3_000) : lambdaLifeMs;
    let failed: Failed = new Set(tasks);
    const main = async (its: Ports, { startedAt }: Process): Promise<string> => {
      const pacersFor = lanePacers(its.rate);
      const outcomes = await exportUsage({ ...its, refusals: breakerKeeper(its).refusals, pacersFor, callsPerSecond })(
        tasks,
        {
          remainingMs: () => startedAt + lifeMs - now(),
        },
      );
      failed = new Set(tasks.filter((task) => typeof outcomes.get(task) !== "string"));
      return tasks
        .map((task) => {
          const outcome = outcomes.get(task);
          return `${task.exportId}: ${typeof outcome === "string" ? outcome : `failed, ${outcome?.failure}`}`;
        })
        .join("; ");
    };
    // one that died reports nothing: all its messages come again
    spawn(`worker ${tasks[0]?.lane}`, main, { lifeMs, onEnd: () => onEnd(failed) });
  };

  const handleOne = (task: Exclude<Task, ExportTask>, onEnd: (failed: Failed) => void): void => {
    const end = { onEnd: ({ kind }: End) => onEnd(new Set(kind === "returned" ? [] : [task])) };
    switch (task.kind) {
      case "sync-accounts":
        spawn(
          `sync ${task.partnerId}`,
          (its) => syncAccounts({ ...withSlots(its), refusals: breakerKeeper(its).refusals })(task),
          {
            lifeMs: 120_000,
            ...end,
          },
        );
        break;
      case "sync-catalogue":
        spawn("catalogue", (its) => catalogue(its).then((report) => JSON.stringify(report)), {
          lifeMs: 120_000,
          ...end,
        });
        break;
      case "send-owner-mail":
        spawn(
          `mail ${task.partnerId}`,
          (its) => {
            const hub = { agreement: currentAgreement, hubUrl: "https://hub.example", gradientBaseUrl: baseUrl };
            return sendOwnerMail({ ...its, ...hub })(task);
          },
          end,
        );
        break;
      case "close-connection":
        spawn(
          `close ${task.partnerId}`,
          (its) => {
            const pacerFor = singleCallPacer(its.rate, { class: "person-call" });
            return closeConnection({
              ...its,
              obstacleFor: breakerKeeper(its).refusals.obstacleFor,
              gradientFor: (id) => its.gradient.as({ pacer: pacerFor(id) }),
            })(task);
          },
          { lifeMs: 60_000, ...end },
        );
    }
  };

  const jobMains: Record<Job, (its: Ports, invocation: { remainingMs: () => number }) => Promise<object>> = {
    admit: (its, invocation) => {
      const { refusals, probeDue } = breakerKeeper(its);
      const { obstacleFor } = refusals;
      return admitExports({ ...its, obstacleFor, probeDue, linesPerSecond: callsPerSecond })(invocation);
    },
    watch: (its, invocation) => watchMappings({ ...its, callsPerSecond })(invocation),
    catalogue,
    mails: (its, invocation) => watchMails({ ...its, tokenPolicyDays: 180 })(invocation),
    sweep: (its, invocation) => sweepOutbox(its)(invocation),
  };

  return {
    /** Messages of one delivery: several are always of one lane of exports. */
    deliver: (tasks: Task[], onEnd: (failed: Failed) => void): void => {
      const exports = tasks.filter((task) => task.kind === "export-usage");
      if (exports.length > 0) carry(exports, onEnd);
      for (const task of tasks) if (task.kind !== "export-usage") handleOne(task, onEnd);
    },
    relay: (row: OutboxRow): void => spawn("relay", async (its) => relayRow(its)(row).then(() => "relayed")),
    run: (job: Job, onEnd: (isIdle: boolean) => void): void => {
      const before = changes();
      spawn(
        job,
        async (its, { startedAt }) => {
          const done = await jobMains[job](its, { remainingMs: () => startedAt + jobLifeMs - now() });
          return JSON.stringify(done);
        },
        { lifeMs: jobLifeMs, onEnd: ({ kind }) => onEnd(kind === "returned" && changes() === before) },
      );
    },
  };
};

export type Cloud = ReturnType<typeof cloudOf>;
