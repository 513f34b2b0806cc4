import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { tableNamed } from "#shared/table/table-client";
import { removeCustomerEndpoint } from "./endpoint.ts";
import { removeCustomer } from "./remove-customer.ts";

const env = readEnv(tableEnv);

export const handler = removeCustomerEndpoint(
  removeCustomer({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
