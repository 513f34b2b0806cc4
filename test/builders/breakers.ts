import {
  type Breaker,
  breakerWrite,
  closed,
  findBreaker,
  opened,
  partnerBreaker,
  type Trouble,
  vendorBreaker,
} from "#shared/breakers/state/breaker";
import { store, type Table } from "#shared/table/table";

/** Something stands in the way of everybody's calls. */
export const openForAll = async (
  table: Table,
  trouble: Trouble,
  now: number,
  facts: Partial<Breaker> = {},
): Promise<void> =>
  store(table, breakerWrite({ ...opened(await findBreaker(table, vendorBreaker), trouble, now), ...facts }));

export const closeForAll = async (table: Table, now: number): Promise<void> =>
  store(table, breakerWrite(closed(await findBreaker(table, vendorBreaker), now)));

/** Gradient has answered this partner with 403 a moment ago. */
export const openForOne = async (
  table: Table,
  partnerId: string,
  now: number,
  facts: Partial<Breaker> = {},
): Promise<void> => {
  const before = await findBreaker(table, partnerBreaker(partnerId));
  await store(table, breakerWrite({ ...opened(before, "refused", now), ...facts }));
};
