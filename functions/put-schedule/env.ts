export { type ViewEnv as PutScheduleEnv, viewEnv as putScheduleEnv } from "#shared/lambda/view-env";
