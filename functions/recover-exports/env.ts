export { type TableEnv as RecoverExportsEnv, tableEnv as recoverExportsEnv } from "#shared/lambda/table-env";
