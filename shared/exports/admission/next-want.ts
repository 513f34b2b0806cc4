import type { Integration } from "../../integrations/integration.ts";
import { eligibleAt, type Want, type WantKind } from "../../integrations/record/wants.ts";

/** What a partner may be sent now, in this order: a run of all lines brings what was left over, too. */
export const nextWants = ({ wants, schedule }: Integration, at: string): { kind: WantKind; want: Want }[] => {
  if (schedule.pausedUntil !== null && schedule.pausedUntil > at) return [];
  const inOrder = (["all", "retry", "repeat"] as const).map((kind) => ({ kind, want: wants[kind] }));
  return inOrder.filter(({ want }) => (eligibleAt(want) ?? "~") <= at);
};
