import { fromCustomerItem } from "#shared/customers/customer";
import type { Integration } from "#shared/integrations/integration";
import type { Item } from "#shared/table/table";
import type { World } from "../world/world.ts";
import type { HubLine } from "./hub-lines.ts";

/** Told which lines people of a partner have just left out of what is billed, or taken in again. */
type Hear = (partnerId: string, concerns: (line: HubLine) => boolean) => void;

export const watchLeftOut = ({ observers }: World, hear: Hear): void => {
  const seeRecord = (before: Integration, after: Integration): void => {
    const [was, is] = [new Set(before.leftOutServiceIds), new Set(after.leftOutServiceIds)];
    const decided = was.symmetricDifference(is);
    if (decided.size > 0) hear(after.partnerId, ({ serviceId }) => decided.has(serviceId));
  };
  const seeCustomer = (before: Item, after: Item): void => {
    if (((before.leftOut ?? null) === null) === ((after.leftOut ?? null) === null)) return;
    const { partnerId, id } = fromCustomerItem(after);
    hear(partnerId, ({ customerId }) => customerId === id);
  };
  observers.push(({ before, after }) => {
    if (!before || !after) return;
    if (after.sk === "integration") seeRecord(before as unknown as Integration, after as unknown as Integration);
    else if (after.sk.startsWith("customer#")) seeCustomer(before, after);
  });
};
