import type { Integration } from "../../integrations/integration.ts";
import { eligibleAt, type Want, type WantKind } from "../../integrations/record/wants.ts";

/** What a partner is to be sent next. A run of all lines brings what was left over, too. */
export const nextWant = ({ wants, schedule }: Integration, at: string): { kind: WantKind; want: Want } | undefined => {
  if (schedule.pausedUntil !== null && schedule.pausedUntil > at) return undefined;
  const isEligible = (want: Want) => (eligibleAt(want) ?? "~") <= at;
  if (isEligible(wants.all)) return { kind: "all", want: wants.all };
  if (isEligible(wants.retry)) return { kind: "retry", want: wants.retry };
  return isEligible(wants.repeat) ? { kind: "repeat", want: wants.repeat } : undefined;
};
