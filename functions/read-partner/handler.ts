import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { tableNamed } from "#shared/table/table-client";
import { readPartnerEndpoint } from "./endpoint.ts";
import { readPartner } from "./read-partner.ts";

const env = readEnv(tableEnv);

export const handler = readPartnerEndpoint(readPartner({ table: tableNamed(env.TABLE_NAME) }));
