export { type GradientEnv as CloseConnectionEnv, gradientEnv as closeConnectionEnv } from "#shared/lambda/gradient-env";
