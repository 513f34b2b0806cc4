export { type TableEnv as CancelExportEnv, tableEnv as cancelExportEnv } from "#shared/lambda/table-env";
