import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { pauseAfterLoss } from "#shared/pace/pause-after-loss";
import { systemClock } from "#shared/pace/system-clock";
import { tableNamed } from "#shared/table/table-client";
import { removeCustomerEndpoint } from "./endpoint.ts";
import { removeCustomer, removeCustomers } from "./remove-customer.ts";

const env = readEnv(tableEnv);
const dependencies = {
  table: tableNamed(env.TABLE_NAME),
  now: () => new Date(),
  newId: randomUUID,
  pauseAfter: pauseAfterLoss(systemClock, Math.random),
};

export const handler = removeCustomerEndpoint({
  removeOne: removeCustomer(dependencies),
  removeMany: removeCustomers(dependencies),
});
