export { type TableEnv as PutServiceEnv, tableEnv as putServiceEnv } from "#shared/lambda/table-env";
