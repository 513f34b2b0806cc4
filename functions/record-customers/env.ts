export { type TableEnv as RecordCustomersEnv, tableEnv as recordCustomersEnv } from "#shared/lambda/table-env";
