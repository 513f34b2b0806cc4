export { type ViewEnv as StartIntegrationEnv, viewEnv as startIntegrationEnv } from "#shared/lambda/view-env";
