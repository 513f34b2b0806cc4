import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { SynthProblem } from "./synth-problem.ts";

const stageNames = ["dev", "prod", "local"] as const;
export type StageName = (typeof stageNames)[number];

/** Defaults of the CloudFormation parameters. One that is left out has to be said at the first deployment. */
export interface ParameterDefaults {
  gradientBaseUrl: string;
  hubUrl?: string;
  jwtIssuer?: string;
  jwtAudience?: string;
  mailFrom?: string;
  hubOrigins?: string;
}

export interface StageSettings {
  stage: StageName;
  region: string;
  /** Who hears of alarms. Without an address the topic exists and anyone may subscribe to it. */
  alarmEmail?: string;
  logRetention: RetentionDays;
  /** How many calls in a second, and at once, one route takes before it answers 429. */
  throttle: { rateLimit: number; burstLimit: number };
  /** Whose rate Gradient's cap is taken to be: all partners' together, or each partner's own. */
  limiterKey: "vendor" | "partner";
  /** What all workers under one such key send together in a second. */
  callsPerSecond: number;
  /** So many days after it was registered the owner is reminded to replace a partner's key. */
  tokenPolicyDays: number;
  parameters: ParameterDefaults;
}

const region = "eu-central-1";
const gradientBaseUrl = "https://app.usegradient.com/api";
// Gradient allows 100 requests in any second. 95 a second bears 52 ms of difference between two calls' ways there
// without a refusal: 100 ÷ (1 + 0.052).
const callsPerSecond = 95;
// half a year: long enough to be no nuisance, short enough that a key that somebody kept is of no use to them for ever
const tokenPolicyDays = 180;
const throttle = { rateLimit: 200, burstLimit: 400 };

const stages: Record<StageName, StageSettings> = {
  dev: {
    stage: "dev",
    region,
    logRetention: RetentionDays.ONE_MONTH,
    throttle,
    limiterKey: "vendor",
    callsPerSecond,
    tokenPolicyDays,
    parameters: { gradientBaseUrl },
  },
  prod: {
    stage: "prod",
    region,
    // as long as the receipts are kept, so that a disputed invoice can be followed into the logs
    logRetention: RetentionDays.THIRTEEN_MONTHS,
    throttle,
    limiterKey: "vendor",
    callsPerSecond,
    tokenPolicyDays,
    parameters: { gradientBaseUrl },
  },
  local: {
    stage: "local",
    region,
    logRetention: RetentionDays.ONE_WEEK,
    throttle,
    limiterKey: "vendor",
    callsPerSecond,
    tokenPolicyDays,
    parameters: {
      gradientBaseUrl: "http://127.0.0.1:4002/api",
      hubUrl: "http://127.0.0.1:4000",
      jwtIssuer: "http://127.0.0.1:4004",
      jwtAudience: "hub",
      mailFrom: "billing@hub.example",
      hubOrigins: "http://127.0.0.1:4000",
    },
  },
};

const isStageName = (name: unknown): name is StageName => stageNames.some((known) => known === name);

/** The settings of the stage that the app was told with `-c stage=…`; `dev` if it was told none. */
export const settingsOf = (scope: Construct): StageSettings => {
  const name: unknown = scope.node.tryGetContext("stage") ?? "dev";
  if (!isStageName(name))
    throw new SynthProblem(`There is no stage "${name}": say -c stage= with ${stageNames.join(", ")}.`);
  return stages[name];
};
