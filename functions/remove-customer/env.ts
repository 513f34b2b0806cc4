export { type TableEnv as RemoveCustomerEnv, tableEnv as removeCustomerEnv } from "#shared/lambda/table-env";
