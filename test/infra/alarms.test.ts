import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import * as z from "zod";
import { accountWorker } from "#infra/account-worker";
import { exportWorkers, wholeCoreMb } from "#infra/export-workers";
import { root, synthesised, targetOf } from "./synthesised.ts";

const stack = synthesised("prod");
const alarms = stack.ofType("AWS::CloudWatch::Alarm");
const runbook = readFileSync(path.join(root, "docs/runbook.md"), "utf8");
const headings = [...runbook.matchAll(/^#{2,3} (.+)$/gm)].map(([, text = ""]) => text.replaceAll("`", ""));
const text = ({ Properties }: (typeof alarms)[number]) => z.string().parse(Properties.AlarmDescription);

it.each([...stack.functions()])("tells people when %s fails", (folder, { id }) => {
  const own = alarms.filter(
    ({ Properties }) =>
      Properties.MetricName === "Errors" && JSON.stringify(Properties.Dimensions).includes(`{"Ref":"${id}"}`),
  );

  expect(own.map(text)).toEqual([expect.stringContaining(`${folder} is failing.`)]);
  expect(own.map(text)).toEqual([expect.stringMatching(new RegExp(`docs/runbook\\.md#${folder}$`))]);
});

it.each(alarms)("says what a person loses, and where it stands what to do: $id", (alarm) => {
  const [, impact, heading] = /Impact: (.+)\. See docs\/runbook\.md#([a-z-]+)$/.exec(text(alarm)) ?? [];

  expect(impact?.length).toBeGreaterThan(20);
  expect(headings).toContain(heading);
});

it.each(alarms)("reaches people: $id", ({ Properties }) => {
  expect(Properties.AlarmActions).toEqual([{ Ref: stack.ofType("AWS::SNS::Topic")[0]?.id }]);
});

it("has no runbook heading that nothing pages about", () => {
  const paged = alarms.map((alarm) => text(alarm).split("#").at(-1));

  expect(headings.filter((heading) => /^[a-z]+(-[a-z]+)+$/.test(heading)).sort()).toEqual([...new Set(paged)].sort());
});

it("lets the worker of exports wake itself as often as a long run needs, and tells people when Lambda ends that", () => {
  const waking = [...stack.functions()].filter(([, { Properties }]) => Properties.RecursiveLoop === "Allow");
  const dropped = alarms.filter(({ Properties }) => Properties.MetricName === "RecursiveInvocationsDropped");

  expect(waking.map(([folder]) => folder)).toEqual(["export-usage"]);
  expect(dropped.map(text)).toEqual([expect.stringContaining("export-usage is taken for an endless loop.")]);
});

it("tells people when Lambda turns calls away, whichever function they are for", () => {
  const throttled = alarms.filter(({ Properties }) => Properties.MetricName === "Throttles");

  expect(throttled.map(({ Properties }) => Properties)).toMatchObject([
    { Namespace: "AWS/Lambda", Statistic: "Sum", Threshold: 1, TreatMissingData: "notBreaching" },
  ]);
  expect(throttled[0]?.Properties.Dimensions).toBeUndefined();
});

const jobs = ["admit-exports", "relay-outbox", "sync-catalogue", "watch-mails", "watch-mappings"];

it("knows each job that the clock calls", () => {
  const called = stack
    .ofType("AWS::Scheduler::Schedule")
    .map(({ Properties }) => targetOf(z.object({ Arn: z.unknown() }).parse(Properties.Target).Arn));

  expect(called.sort()).toEqual(jobs.map((folder) => stack.functions().get(folder)?.id).sort());
});

it.each(jobs)("tells people when nobody calls %s: no data is bad news there", (folder) => {
  const { id } = stack.functions().get(folder) ?? {};
  const silent = alarms.filter(
    ({ Properties }) =>
      Properties.MetricName === "Invocations" && JSON.stringify(Properties.Dimensions).includes(`{"Ref":"${id}"}`),
  );

  expect(silent.map(text)).toEqual([expect.stringContaining(`${folder} is not called.`)]);
  expect(silent.map(({ Properties }) => Properties)).toMatchObject([
    {
      ComparisonOperator: "LessThanThreshold",
      EvaluationPeriods: 1,
      Period: 600,
      Statistic: "Sum",
      Threshold: 1,
      TreatMissingData: "breaching",
    },
  ]);
});

it("says how many functions may be at work at once", () => {
  const atOnce = z.object({ MaximumConcurrency: z.number() });
  const byQueue = stack
    .ofType("AWS::Lambda::EventSourceMapping")
    .flatMap(({ Properties }) => atOnce.safeParse(Properties.ScalingConfig).data?.MaximumConcurrency ?? []);
  const queued = byQueue.reduce((sum, each) => sum + each, 0);
  const byClock = stack.ofType("AWS::Scheduler::Schedule").length;

  expect(runbook).toContain(`${queued} for the queues and ${byClock} by the clock`);
  expect([...stack.functions().values()].filter(({ Properties }) => Properties.ReservedConcurrentExecutions)).toEqual(
    [],
  );
});

it("pays for more memory, and with it for more of a core, where there is more to do only", () => {
  const memory = [...stack.functions()].map(([folder, { Properties }]) => [folder, Properties.MemorySize] as const);

  expect(Object.fromEntries(memory.filter(([, megabytes]) => megabytes !== 256))).toEqual({
    "disconnect-integration": wholeCoreMb,
    "leave-out": wholeCoreMb,
    "read-integration": wholeCoreMb,
    "read-partner": wholeCoreMb,
    "record-usage": wholeCoreMb,
    "sync-accounts": accountWorker.memoryMb,
    "export-usage": exportWorkers.memoryMb,
  });
});
