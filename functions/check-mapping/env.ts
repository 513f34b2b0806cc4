export { type TableEnv as CheckMappingEnv, tableEnv as checkMappingEnv } from "#shared/lambda/table-env";
