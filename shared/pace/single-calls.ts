import type { Table } from "../table/table.ts";
import type { Clock } from "./clock.ts";
import { type Pacer, pacer } from "./pacer.ts";
import { limiterName, tableSlots } from "./table-slots.ts";

/** Paces the few calls that are not counts: they come one at a time, and share the vendor's rate with the exports. */
export const singleCallPacer =
  (table: Table, per: "vendor" | "partner", clock: Clock, perSecond: number) =>
  (partnerId: string): Pacer =>
    pacer(tableSlots(table, limiterName(per, partnerId), clock, perSecond), clock, 1);
