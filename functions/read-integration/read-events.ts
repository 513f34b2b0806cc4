import { listEvents, type StoredEvent } from "#shared/events/event";
import type { Table } from "#shared/table/table";
import { type ListQuery, listOf } from "./lists/list.ts";

const eventView = ({ id, type, at, actor, actorName, role, address, details }: StoredEvent) => ({
  id,
  type,
  at,
  actor,
  actorName,
  role,
  address,
  details,
});

/** The audit trail, newest first. */
export const readEvents =
  ({ table }: { table: Pick<Table, "query"> }) =>
  ({ partnerId, cursor, room }: ListQuery) =>
    listOf({
      list: [partnerId, "events"],
      prefix: "event#",
      cursor,
      room,
      read: async (page) => {
        const { items, next } = await listEvents(table, partnerId, page);
        return { items: items.map(eventView), next };
      },
    });
