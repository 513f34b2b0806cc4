export { type ViewEnv as ConfirmAgreementEnv, viewEnv as confirmAgreementEnv } from "#shared/lambda/view-env";
