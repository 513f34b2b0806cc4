import { eventWrite } from "../events/event.ts";

interface Suspension {
  id: string;
  partnerId: string;
  at: string;
  details: Record<string, string>;
}

/** In the audit trail: what Gradient has said stops everything for the partner. */
export const suspendedEventWrite = (suspension: Suspension) =>
  eventWrite({ ...suspension, type: "integration.suspended", actor: "gradient", actorName: null, address: null });
