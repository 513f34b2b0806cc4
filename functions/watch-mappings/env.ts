export { type TableEnv as WatchMappingsEnv, tableEnv as watchMappingsEnv } from "#shared/lambda/table-env";
