export { type GradientEnv as SyncAccountsEnv, gradientEnv as syncAccountsEnv } from "#shared/lambda/gradient-env";
