import { type Pacer, pacer } from "./pacer.ts";
import { type Rate, slotsOf } from "./table-slots.ts";

interface Single {
  class: "person-call" | "low";
  /** How long the call's turn may be away. */
  patienceMs?: number;
}

/**
 * Paces the calls of one partner that are not counts: they come one at a time, and share the vendor's rate with the
 * exports.
 */
export const singleCallPacer = (rate: Rate, { class: its, ...options }: Single) => {
  const slots = slotsOf(rate);
  return (partnerId: string): Pacer =>
    pacer(slots(partnerId).for({ class: its, taker: partnerId }), rate.clock, options);
};
