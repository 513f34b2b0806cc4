import { customerKey } from "#shared/customers/customer";
import type { Integration } from "#shared/integrations/integration";
import type { World } from "../world/world.ts";
import type { Wishes } from "./wishes.ts";

/**
 * A partner that is suspended because Gradient showed it as disconnected, and which Gradient shows again. The account
 * of a customer that is not billed any more may be all that is left of one that has gone, and one that no look has seen
 * before may be another's.
 */
export const isDenied = (world: World, wishes: Wishes, record: Integration): boolean => {
  const { partnerId, state, problems, gradient } = record;
  if (state !== "suspended" || !problems.some(({ code }) => code === "gradient.disconnected")) return false;
  const side = world.vendor.connection(gradient?.integrationId);
  if (!side || side.status === "inactive" || !wishes.isConnected(partnerId)) return false;
  const { accounts, unlisted } = side.organization;
  const wasSeen = (customerId: string): boolean => {
    const { pk, sk } = customerKey(partnerId, customerId);
    return Boolean(world.table.rows.get(`${pk}\u0000${sk}`)?.accountSince);
  };
  return wishes.lines
    .of(partnerId)
    .some(
      ({ customerId: id, levels }) => levels.at(-1)?.isBilled && wasSeen(id) && accounts.has(id) && !unlisted.has(id),
    );
};
