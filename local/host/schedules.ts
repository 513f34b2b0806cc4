import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { LocalFunction } from "./functions/function-pool.ts";
import type { FunctionError, Outcome } from "./functions/function-process.ts";
import { parseSchedule } from "./schedule-expression.ts";
import { functionInArn } from "./template/routes.ts";
import type { Stack } from "./template/stack.ts";

const scheduleProperties = z.object({
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.enum(["UTC", "Etc/UTC"]).default("UTC"),
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  Target: z.object({ Arn: z.string(), Input: z.string().optional() }),
});

export interface ScheduleRun {
  startedAt: string;
  durationMs: number;
  outcome: "succeeded" | "failed";
  result?: unknown;
  error?: FunctionError;
}

export interface Schedule {
  name: string;
  expression: string;
  enabled: boolean;
  nextRunAt: string | null;
  lastRun: ScheduleRun | null;
}

export interface Schedules {
  list(): Schedule[];
  /** Fires one now, undefined if there is none with this name. */
  run(name: string): Promise<ScheduleRun | undefined>;
  close(): void;
}

// setTimeout's own limit
const longestWaitMs = 2 ** 31 - 1;

const toRun = (startedAt: Date, outcome: Outcome): ScheduleRun => ({
  startedAt: startedAt.toISOString(),
  durationMs: Date.now() - startedAt.getTime(),
  ...(outcome.succeeded
    ? { outcome: "succeeded", result: outcome.result }
    : { outcome: "failed", error: outcome.error }),
});

/** Replaces the keywords that EventBridge Scheduler knows in a target's input. */
const inputAt = (input: string | undefined, at: Date): unknown =>
  JSON.parse(
    (input ?? "{}")
      .replaceAll("<aws.scheduler.scheduled-time>", at.toISOString().replace(/\.\d+/, ""))
      .replaceAll("<aws.scheduler.execution-id>", randomUUID())
      .replaceAll("<aws.scheduler.attempt-number>", "1"),
  );

/** The schedules of the template, on timers of this process. */
export const startSchedules = (stack: Stack, functions: Map<string, LocalFunction>): Schedules => {
  const entries = stack.ofType("AWS::Scheduler::Schedule").map((resource) => {
    const { ScheduleExpression, State, Target } = stack.properties(resource, scheduleProperties);
    const schedule: Schedule = {
      name: stack.nameOf(resource),
      expression: ScheduleExpression,
      enabled: State === "ENABLED",
      nextRunAt: null,
      lastRun: null,
    };
    const timing = parseSchedule(ScheduleExpression);
    const target = functions.get(functionInArn(Target.Arn));
    let timer: NodeJS.Timeout | undefined;

    const run = async (scheduledAt: Date): Promise<ScheduleRun> => {
      const startedAt = new Date();
      const outcome: Outcome = (await target?.invoke(inputAt(Target.Input, scheduledAt))) ?? {
        succeeded: false,
        error: { errorType: "ResourceNotFound", errorMessage: `No function ${Target.Arn} in the template.` },
      };
      schedule.lastRun = toRun(startedAt, outcome);
      return schedule.lastRun;
    };

    const arm = (after: Date): void => {
      const dueAt = timing.next(after);
      schedule.nextRunAt = dueAt.toISOString();
      const waitMs = dueAt.getTime() - Date.now();
      timer = setTimeout(
        () => {
          if (waitMs > longestWaitMs) {
            arm(after);
            return;
          }
          void run(dueAt);
          // after a night with the lid closed it runs once, not once for each time that it missed
          arm(new Date(Math.max(dueAt.getTime(), Date.now())));
        },
        Math.min(longestWaitMs, Math.max(0, waitMs)),
      );
    };

    if (schedule.enabled) {
      arm(new Date());
    }
    return { schedule, run, close: () => clearTimeout(timer) };
  });

  return {
    list: () => entries.map(({ schedule }) => schedule),
    run: async (name) => entries.find(({ schedule }) => schedule.name === name)?.run(new Date()),
    close: () => {
      for (const { close } of entries) {
        close();
      }
    },
  };
};
