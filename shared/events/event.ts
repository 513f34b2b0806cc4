import * as z from "zod";
import { instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { openEnum, readableOf, readRow } from "../stored.ts";
import { added, type Item, type Page, type RowWrite, type Table } from "../table/table.ts";

export type EventType =
  | "integration.started"
  | "integration.disconnected"
  | "integration.closed"
  | "integration.activated"
  | "integration.suspended"
  | "integration.resumed"
  | "token.registered"
  | "token.replaced"
  | "agreement.confirmed"
  | "owner-email.requested"
  | "owner.changed"
  | "token.refused"
  | "notifications.changed"
  | "mapping.reported"
  | "mapping.check-requested"
  | "mapping.left-out"
  | "mapping.taken-in"
  | "export.started"
  | "export.cancelled"
  | "export.superseded"
  | "export.finished"
  | "schedule.changed";

/** One line of a partner's audit trail: who did what, when and from where. Only ever added. */
export interface AuditEvent {
  id: string;
  partnerId: string;
  type: EventType;
  at: string;
  /** A person's `sub`, `service` or `gradient`. */
  actor: string;
  actorName: string | null;
  /** The person's role at that moment. */
  role?: string | null;
  address: string | null;
  /** What the event changed, in plain values; never a secret. */
  details: Record<string, string | number | boolean | null>;
}

/** An event as it lies in the table: of another version, too. */
const storedEvent = z.object({
  id: z.string(),
  partnerId: z.string(),
  type: openEnum<EventType>(),
  at: instant,
  actor: z.string(),
  actorName: z.string().nullable(),
  role: z.string().nullable().default(null),
  address: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type StoredEvent = z.infer<typeof storedEvent>;

/** Adds the event in the same transaction as what it tells of. */
export const eventWrite = (event: AuditEvent): RowWrite =>
  added({ ...event, pk: partnerPk(event.partnerId), sk: `event#${event.at}#${event.id}` });

/** Who acts, where it is not a person: we, or Gradient by what it answers and tells. */
export const serviceActor = { actor: "service", actorName: null, role: null, address: null };
export const gradientActor = { actor: "gradient", actorName: null, address: null };

const fromItem = (item: Item): StoredEvent => readRow(storedEvent, item);

/** To look at, newest first. Without those that cannot be read. */
export const listEvents = async (
  table: Pick<Table, "query">,
  partnerId: string,
  page: { after?: string; limit: number },
): Promise<Page<StoredEvent>> => {
  const { items, next } = await table.query({ pk: partnerPk(partnerId), prefix: "event#", descending: true, ...page });
  return { items: readableOf(items, fromItem), next };
};

/** What happened at that very moment. Without what cannot be read. */
export const eventsAt = async (table: Pick<Table, "query">, partnerId: string, at: string): Promise<StoredEvent[]> => {
  const { items } = await table.query({ pk: partnerPk(partnerId), prefix: `event#${at}#` });
  return readableOf(items, fromItem);
};

/** Whoever did something. */
export type Actor = Pick<AuditEvent, "actor" | "actorName" | "role" | "address">;
