import type { Credentials } from "./credentials.ts";
import type { DeploymentParameters } from "./deployment-parameters.ts";
import type { HubApi } from "./hub-api.ts";
import type { Schedules } from "./schedules.ts";
import type { Storage } from "./storage.ts";

/** What the capabilities stand on. Each asks for the parts that it uses. */
export interface Foundation {
  parameters: DeploymentParameters;
  storage: Storage;
  credentials: Credentials;
  api: HubApi;
  schedules: Schedules;
}
