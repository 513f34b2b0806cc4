export { type ViewEnv as ReadIntegrationEnv, viewEnv as readIntegrationEnv } from "#shared/lambda/view-env";
