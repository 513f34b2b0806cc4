import { expect, it } from "vitest";
import * as z from "zod";
import { synthesised, targetOf } from "./synthesised.ts";

const stack = synthesised("prod");
const group = stack.ofType("AWS::Scheduler::ScheduleGroup")[0];
const schedule = z.object({
  Name: z.string(),
  GroupName: z.string(),
  ScheduleExpression: z.string(),
  Target: z.object({
    Arn: z.unknown(),
    Input: z.string(),
    DeadLetterConfig: z.object({ Arn: z.unknown() }),
    RetryPolicy: z.object({ MaximumEventAgeInSeconds: z.number(), MaximumRetryAttempts: z.number() }),
  }),
});
const schedules = stack
  .ofType("AWS::Scheduler::Schedule")
  .map(({ Properties, DependsOn }) => ({ ...schedule.parse(Properties), DependsOn }));
const folderOf = (id: string) => [...stack.functions()].find(([, found]) => found.id === id)?.[0];

it("runs these by the clock, under plain names", () => {
  const found = schedules.map(({ Name, ScheduleExpression, Target }) => [
    Name,
    [ScheduleExpression, folderOf(targetOf(Target.Arn))],
  ]);

  expect(Object.fromEntries(found)).toEqual({
    "sweep-outbox": ["rate(1 minute)", "relay-outbox"],
    "watch-mappings": ["rate(1 minute)", "watch-mappings"],
    "watch-mails": ["rate(5 minutes)", "watch-mails"],
    "admit-exports": ["rate(1 minute)", "admit-exports"],
    "sync-catalogue": ["rate(1 minute)", "sync-catalogue"],
  });
});

it.each(schedules)("tells $Name its name, tries it again, and keeps what could not start", ({ Name, Target }) => {
  expect(JSON.parse(Target.Input)).toEqual({ schedule: Name });
  expect(Target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 3 });
  expect(stack.placeOf(targetOf(Target.DeadLetterConfig.Arn))).toBe("Schedules/DeadLetters/Queue");
});

it.each(schedules)("creates $Name after the group that it names", ({ GroupName, DependsOn }) => {
  expect(GroupName).toBe("gradient-billing-prod");
  expect(group?.Properties.Name).toBe(GroupName);
  expect(DependsOn).toContain(group?.id);
});
