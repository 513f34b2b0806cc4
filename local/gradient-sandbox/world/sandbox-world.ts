import type { Call, Reply } from "../calls/exchange.ts";
import type { Address } from "../calls/router.ts";
import type { SandboxBehaviour } from "./behaviour.ts";
import type { CallLog } from "./call-log.ts";
import type { MappingWebhook } from "./mapping-webhook.ts";
import type { Organization } from "./records.ts";
import type { StateStore } from "./state-store.ts";
import type { ViewRebuilds } from "./view-rebuilds.ts";

/** What the routes of both sides work on. */
export interface SandboxWorld {
  store: StateStore;
  nowMs: () => number;
  rebuilds: ViewRebuilds;
  calls: CallLog;
  webhook: MappingWebhook;
  behaviour: SandboxBehaviour;
}

export const timeOf = ({ nowMs }: Pick<SandboxWorld, "nowMs">): string => new Date(nowMs()).toISOString();

/** A route of the vendor's side; the organization is the one that the token belongs to. */
export interface VendorRoute extends Address {
  run: (call: Call, organization: Organization) => Reply;
}

export interface PartnerRoute extends Address {
  run: (call: Call) => Reply;
}
