import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { loadEnvFile, readOptions } from "#local/options";
import { dynamoTable } from "#shared/table/dynamo-table";
import type { Table } from "#shared/table/table";
import { OperatorProblem, type Place, type Stage } from "./options.ts";

// an emulator asks for some, and looks at none
const localAccess = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };

const endpoints = z.object({ dynamodb: z.url() });

const localClient = (): DynamoDBClient => {
  loadEnvFile();
  const file = join(readOptions([], process.env).stateFolder, "endpoints.json");
  const known = existsSync(file) ? endpoints.safeParse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
  if (!known?.success) throw new OperatorProblem("The local system does not run: npm start");
  return new DynamoDBClient({ ...localAccess, endpoint: known.data.dynamodb });
};

/** In the account and region of the environment. */
const cloudClient = async (): Promise<DynamoDBClient> => {
  const client = new DynamoDBClient({});
  try {
    await client.config.region();
  } catch {
    throw new OperatorProblem(
      "No AWS region is set: give region and access by AWS_REGION and AWS_PROFILE, or as the AWS CLI takes them. On this machine the stage is `local`.",
    );
  }
  return client;
};

// CloudFormation begins a name with its stack's; the local host has the stack's id in its place
const stackOf = (stage: Stage): string => (stage === "local" ? "GradientBilling-" : `gradient-billing-${stage}-`);

const tableOf = async (client: DynamoDBClient, stage: Stage): Promise<string> => {
  const found: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    found.push(...TableNames.filter((name) => name.startsWith(stackOf(stage))));
  }
  const [name, ...others] = found;
  if (name === undefined) {
    throw new OperatorProblem(`No table of the stage ${stage} in this account and region: name it with --table.`);
  }
  // a stack that was deleted leaves its table behind
  if (others.length > 0) throw new OperatorProblem(`Several tables: name one with --table (${found.join(", ")}).`);
  return name;
};

const dated = z.object({ headers: z.object({ date: z.string() }) });

/**
 * The table of the place, with a clock: what Gradient was asked is compared with it, and an operator's own may be off.
 */
export const openTable = async (place: Place): Promise<{ table: Table; now: () => number; close: () => void }> => {
  const client = "stage" in place && place.stage === "local" ? localClient() : await cloudClient();
  let now = Date.now();
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const answer = dated.safeParse(result.response);
      // told in whole seconds, cut off: nothing that was sent before may seem newer
      if (answer.success) now = Date.parse(answer.data.headers.date) + 1000;
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  const name = "table" in place ? place.table : await tableOf(client, place.stage);
  return { table: dynamoTable(client, name), now: () => now, close: () => client.destroy() };
};
