import type { RequestListener } from "node:http";
import { join } from "node:path";
import { type AwsEndpoints, awsCalls } from "../aws/aws-endpoints.ts";
import { removeExpired } from "../aws/expired-items.ts";
import type { BusEvent } from "../bus-event.ts";
import { localFunctions } from "./functions/functions.ts";
import { httpApi } from "./http/http-api.ts";
import { provisionQueues } from "./provision/provision-queues.ts";
import { provisionSecrets } from "./provision/provision-secrets.ts";
import { type LocalTable, provisionTables } from "./provision/provision-tables.ts";
import { type Schedules, startSchedules } from "./schedules.ts";
import { eventRules } from "./sources/event-rules.ts";
import { startEventSources } from "./sources/event-sources.ts";
import { streamPositions } from "./sources/stream-positions.ts";
import { notImitated } from "./template/imitated.ts";
import { secretValues } from "./template/secret-values.ts";
import { openStack } from "./template/stack.ts";
import { loadTemplate } from "./template/template.ts";

export interface HostOptions {
  templateFile: string;
  /** Values for the template's parameters, as a deployment would pass them. */
  parameters: Record<string, string | string[]>;
  /** Values of secrets that people fill in by hand on AWS, by the environment variable that names such a secret. */
  secretsByVariable: Record<string, string>;
  endpoints: AwsEndpoints;
  stateFolder: string;
  /** The open log file that functions write to. */
  log: number;
  /** Shows one line to the person at the keyboard. */
  say(line: string): void;
}

export interface Host {
  /** Answers what the template's HTTP API would. */
  api: RequestListener;
  schedules: Schedules;
  /** Puts an event on the account's default bus. */
  publish(event: BusEvent): Promise<void>;
  close(): void;
}

const sweepPeriodMs = 60_000;

const sweepExpired = (dynamodb: ReturnType<typeof awsCalls>["dynamodb"], tables: LocalTable[]): NodeJS.Timeout =>
  setInterval(() => {
    for (const { expiryAttribute, ...table } of tables) {
      if (expiryAttribute !== undefined) {
        // it comes round again in a minute
        removeExpired(dynamodb, { ...table, expiryAttribute }, new Date()).catch(() => undefined);
      }
    }
  }, sweepPeriodMs);

/** Runs a synthesised template on this machine. */
export const startHost = async (options: HostOptions): Promise<Host> => {
  const { templateFile, parameters, endpoints, stateFolder, log, say } = options;
  const template = loadTemplate(templateFile);
  const stack = openStack(template, parameters);
  const calls = awsCalls(endpoints);
  for (const type of notImitated(stack)) {
    say(`not imitated locally: ${type}`);
  }

  const [tables, queues] = await Promise.all([
    provisionTables(stack, calls.dynamodb),
    provisionQueues(stack, calls.sqs, endpoints.SQS),
    provisionSecrets(stack, calls.secrets, secretValues(template, options.secretsByVariable)),
  ]);

  const onInvocation = () => {
    for (const source of sources) {
      source.nudge?.();
    }
  };
  const functions = localFunctions({ stack, folder: template.folder, endpoints, log, say, onInvocation });
  const positions = streamPositions(join(stateFolder, "streams.json"));
  const sources = startEventSources({ stack, calls, functions, tables, queues, positions });
  const schedules = startSchedules(stack, functions);
  const sweeper = sweepExpired(calls.dynamodb, tables);

  return {
    api: httpApi(stack, functions) ?? ((_request, response) => response.writeHead(404).end()),
    schedules,
    publish: eventRules(stack, calls, queues),
    close: () => {
      clearInterval(sweeper);
      schedules.close();
      for (const source of sources) {
        source.close();
      }
      for (const each of functions.values()) {
        each.close();
      }
    },
  };
};
