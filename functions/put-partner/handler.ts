import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { tableNamed } from "#shared/table/table-client";
import { putPartnerEndpoint } from "./endpoint.ts";
import { putPartner } from "./put-partner.ts";

const env = readEnv(tableEnv);

export const handler = putPartnerEndpoint(
  putPartner({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
