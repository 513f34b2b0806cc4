import type { AuditEvent } from "#shared/events/event";
import type { Integration } from "#shared/integrations/integration";
import type { Side } from "../gradient/organization.ts";
import type { World } from "../world/world.ts";

// the tries after these are hours apart
const triesInAnHour = 3;

/** Follows the zeros that partners want in Gradient when they disconnect. */
export const watchZeros = ({ observers, vendor, table }: World) => {
  /** Where each partner is connected, or was until it left. */
  const sides = new Map<string, Side | undefined>();
  const wanted = new Set<string>();

  const see = (row: unknown): void => {
    const { partnerId, state, gradient } = row as Integration;
    if (state === "disconnected") return;
    wanted.delete(partnerId);
    sides.set(partnerId, vendor.connection(gradient?.integrationId));
  };
  for (const row of table.rows.values()) if (row.sk === "integration") see(row);
  observers.push(({ after }) => {
    if (after?.sk === "integration") see(after);
    else if (after?.sk.startsWith("event#")) {
      const { type, partnerId, details } = after as unknown as AuditEvent;
      if (type === "integration.disconnected" && details.finalCounts === "zero") wanted.add(partnerId);
    }
  });

  return {
    /** Some are on their way, and are tried again within the hour. */
    areUnderWay: ({ closing }: Integration): boolean => closing !== null && closing.tries < triesInAnHour,
    /** A run of them has begun, maybe just now: the last of its tries come hours apart. */
    areBeingSent: ({ closing, currentExportId }: Integration): boolean => closing !== null && currentExportId !== null,
    /** Units that stay in Gradient, although the partner wanted zeros and was told of nothing that is left. */
    left: ({ partnerId, closing, problems }: Integration): string | undefined => {
      if (!wanted.has(partnerId) || closing !== null) return undefined;
      if (problems.some(({ code }) => code === "counts.left")) return undefined;
      const held = [...(sides.get(partnerId)?.counts ?? [])].filter(([, { unitCount }]) => unitCount > 0);
      return held.length === 0 ? undefined : `${partnerId} leaves units of ${held.map(([line]) => line).join(", ")}`;
    },
  };
};
