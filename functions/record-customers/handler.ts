import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { pauseAfterLoss } from "#shared/pace/pause-after-loss";
import { systemClock } from "#shared/pace/system-clock";
import { tableNamed } from "#shared/table/table-client";
import { recordCustomersEndpoint } from "./endpoint.ts";
import { recordCustomers } from "./record-customers.ts";

const env = readEnv(tableEnv);

export const handler = recordCustomersEndpoint(
  recordCustomers({
    table: tableNamed(env.TABLE_NAME),
    now: () => new Date(),
    newId: randomUUID,
    pauseAfter: pauseAfterLoss(systemClock, Math.random),
  }),
);
