import { listEvents, type StoredEvent } from "#shared/events/event";
import type { Table } from "#shared/table/table";
import { listOf } from "./list.ts";

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
  (partnerId: string, cursor: string | undefined) =>
    listOf({
      prefix: "event#",
      cursor,
      read: async (page) => {
        const { items, next } = await listEvents(table, partnerId, page);
        return { items: items.map(eventView), next };
      },
    });
