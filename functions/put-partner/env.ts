export { type TableEnv as PutPartnerEnv, tableEnv as putPartnerEnv } from "#shared/lambda/table-env";
