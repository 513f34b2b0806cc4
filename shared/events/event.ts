import * as z from "zod";
import { identifier, instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { added, type Page, type RowWrite, type Table } from "../table/table.ts";

/** One line of a partner's audit trail: who did what, when and from where. Only ever added. */
export const auditEvent = z.object({
  id: z.string(),
  partnerId: identifier,
  type: z.enum([
    "integration.started",
    "integration.disconnected",
    "integration.activated",
    "integration.suspended",
    "token.registered",
    "token.replaced",
    "agreement.confirmed",
    "owner-email.requested",
    "mapping.reported",
    "mapping.check-requested",
    "export.started",
    "export.cancelled",
    "export.superseded",
    "export.finished",
    "schedule.changed",
  ]),
  at: instant,
  /** A person's `sub`, `service` or `gradient`. */
  actor: z.string(),
  actorName: z.string().nullable(),
  address: z.string().nullable(),
  /** What the event changed, in plain values; never a secret. */
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type AuditEvent = z.infer<typeof auditEvent>;

/** Adds the event in the same transaction as what it tells of. */
export const eventWrite = (event: AuditEvent): RowWrite =>
  added({ ...event, pk: partnerPk(event.partnerId), sk: `event#${event.at}#${event.id}` });

/** Who acts, where it is not a person. */
export const serviceActor = { actor: "service", actorName: null, address: null };

/** Newest first. */
export const listEvents = async (
  table: Pick<Table, "query">,
  partnerId: string,
  page: { after?: string; limit: number },
): Promise<Page<AuditEvent>> => {
  const { items, next } = await table.query({ pk: partnerPk(partnerId), prefix: "event#", descending: true, ...page });
  return { items: items.map((item) => auditEvent.parse(item)), next };
};

/** Whoever did something. */
export type Actor = Pick<AuditEvent, "actor" | "actorName" | "address">;
