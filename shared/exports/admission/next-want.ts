import type { Integration } from "../../integrations/integration.ts";
import { overdueFrom } from "../../integrations/record/due-dates.ts";
import { eligibleAt, type Want, type WantKind } from "../../integrations/record/wants.ts";

/**
 * What a partner may be sent now, in this order: a run of all lines brings what was left over, too. Where Gradient
 * refuses a line, whatever comes first meets it and holds the partner for hours, each time: repeats that have waited
 * for long go before what was left over, which may be nothing but that line.
 */
export const nextWants = ({ wants, schedule }: Integration, at: string): { kind: WantKind; want: Want }[] => {
  if (schedule.pausedUntil !== null && schedule.pausedUntil > at) return [];
  const isOverdue = (overdueFrom(wants.repeat) ?? "~") <= at;
  const kinds = isOverdue ? (["all", "repeat", "retry"] as const) : (["all", "retry", "repeat"] as const);
  const inOrder = kinds.map((kind) => ({ kind, want: wants[kind] }));
  return inOrder.filter(({ want }) => (eligibleAt(want) ?? "~") <= at);
};
