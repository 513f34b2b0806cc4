export { type TableEnv as StartUsageExportsEnv, tableEnv as startUsageExportsEnv } from "#shared/lambda/table-env";
