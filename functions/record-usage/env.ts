export { type TableEnv as RecordUsageEnv, tableEnv as recordUsageEnv } from "#shared/lambda/table-env";
