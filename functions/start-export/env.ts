export { type TableEnv as StartExportEnv, tableEnv as startExportEnv } from "#shared/lambda/table-env";
