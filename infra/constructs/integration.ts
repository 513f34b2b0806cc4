import { Construct } from "constructs";
import { confirmAgreementRoute } from "#functions/confirm-agreement/route";
import { putNotificationsRoute } from "#functions/put-notifications/route";
import { readRoutes } from "#functions/read-integration/route";
import type { RegisterTokenEnv } from "#functions/register-token/env";
import { registerTokenRoute } from "#functions/register-token/route";
import { startIntegrationRoute } from "#functions/start-integration/route";
import { wholeCoreMb } from "#infra/export-workers";
import type { ViewEnv } from "#shared/lambda/view-env";
import type { Foundation } from "./parts/foundation.ts";
import { gradientEnvironment } from "./parts/gradient-environment.ts";
import { patientTimeout, ServiceFunction } from "./parts/service-function.ts";

/** The wizard of the hub UI: start, paste the token, confirm the agreement, and see where one stands. */
export class Integration extends Construct {
  constructor(scope: Construct, id: string, { api, storage, credentials, parameters }: Omit<Foundation, "schedules">) {
    super(scope, id);
    const viewEnvironment = { TABLE_NAME: storage.tableName, GRADIENT_BASE_URL: parameters.gradientBaseUrl };

    const startIntegration = new ServiceFunction<ViewEnv>(this, "StartIntegration", {
      folder: "start-integration",
      environment: viewEnvironment,
      errorImpact: "a partner cannot start the integration",
    });
    storage.grantUse(startIntegration);
    api.route(startIntegration, startIntegrationRoute);

    const registerToken = new ServiceFunction<RegisterTokenEnv>(this, "RegisterToken", {
      folder: "register-token",
      environment: {
        ...viewEnvironment,
        ...gradientEnvironment(this, { storage, credentials, parameters }),
        PARTNER_SECRET_PREFIX: credentials.partnerTokens.prefix,
        TOKEN_HASH_KEY_SECRET: credentials.tokenHashKey.secretArn,
      },
      errorImpact: "a partner cannot connect to Gradient or replace a refused token",
      // a slow Gradient is waited for (patience.ts), and what is kept of a press takes some seconds more
      timeout: patientTimeout,
    });
    storage.grantUse(registerToken);
    credentials.vendorKey.grantRead(registerToken);
    credentials.tokenHashKey.grantRead(registerToken);
    credentials.partnerTokens.grantRegister(registerToken);
    api.route(registerToken, registerTokenRoute);

    const confirmAgreement = new ServiceFunction<ViewEnv>(this, "ConfirmAgreement", {
      folder: "confirm-agreement",
      environment: viewEnvironment,
      errorImpact: "a partner cannot confirm the agreement and stays at step 1",
    });
    storage.grantUse(confirmAgreement);
    api.route(confirmAgreement, confirmAgreementRoute);

    const putNotifications = new ServiceFunction<ViewEnv>(this, "PutNotifications", {
      folder: "put-notifications",
      environment: viewEnvironment,
      errorImpact: "a partner cannot change who hears of results",
    });
    storage.grantUse(putNotifications);
    api.route(putNotifications, putNotificationsRoute);

    const readIntegration = new ServiceFunction<ViewEnv>(this, "ReadIntegration", {
      folder: "read-integration",
      environment: viewEnvironment,
      errorImpact: "partners see neither the state of their integration nor their receipts; exports go on",
      // a page of 5,000 lines, or the gaps among 500 customers, within a second
      memoryMb: wholeCoreMb,
    });
    storage.grantRead(readIntegration);
    api.route(readIntegration, ...readRoutes);
  }
}
