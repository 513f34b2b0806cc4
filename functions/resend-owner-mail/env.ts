export { type TableEnv as ResendOwnerMailEnv, tableEnv as resendOwnerMailEnv } from "#shared/lambda/table-env";
