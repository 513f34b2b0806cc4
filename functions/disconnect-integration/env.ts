export { type ViewEnv as DisconnectIntegrationEnv, viewEnv as disconnectIntegrationEnv } from "#shared/lambda/view-env";
