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
  parameters: ParameterDefaults;
}

const region = "eu-central-1";
const gradientBaseUrl = "https://app.usegradient.com/api";
const throttle = { rateLimit: 200, burstLimit: 400 };

const stages: Record<StageName, StageSettings> = {
  dev: {
    stage: "dev",
    region,
    logRetention: RetentionDays.ONE_MONTH,
    throttle,
    limiterKey: "vendor",
    parameters: { gradientBaseUrl },
  },
  prod: {
    stage: "prod",
    region,
    // as long as the receipts are kept, so that a disputed invoice can be followed into the logs
    logRetention: RetentionDays.THIRTEEN_MONTHS,
    throttle,
    limiterKey: "vendor",
    parameters: { gradientBaseUrl },
  },
  local: {
    stage: "local",
    region,
    logRetention: RetentionDays.ONE_WEEK,
    throttle,
    limiterKey: "vendor",
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
