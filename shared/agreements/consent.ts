import { AppError } from "../errors.ts";
import { dayMs } from "../schedules/zoned-time.ts";
import { type Agreement, currentAgreement } from "./agreement.ts";

interface Confirmed {
  /** Stands for its text, too: whoever edits one gives it a new version. */
  version: string;
}

/** How a partner stands to the agreement that is in force. */
export type Consent =
  | { state: "none" | "valid" }
  /** An earlier version was confirmed. `until` then everything goes on; after that no run starts. */
  | { state: "renewal-due" | "expired"; version: string; since: string; until: string };

export const consentOf = (confirmed: Confirmed | null, inForce: Agreement, now: Date): Consent => {
  if (confirmed === null) return { state: "none" };
  const { version, effectiveAt: since, graceDays } = inForce;
  if (confirmed.version === version || Date.parse(since) > now.getTime()) return { state: "valid" };
  const end = Date.parse(since) + graceDays * dayMs;
  const until = new Date(end).toISOString();
  return { state: end > now.getTime() ? "renewal-due" : "expired", version, since, until };
};

/** No run may start: the agreement in force was not confirmed in time. */
export const isConsentOver = (
  { agreement }: { agreement: Confirmed | null },
  now: Date,
  inForce: Agreement = currentAgreement,
): boolean => consentOf(agreement, inForce, now).state === "expired";

export const agreementExpired = () =>
  new AppError(
    "conflict",
    "agreement.expired",
    "The agreement has a new version, and the time to confirm it is over. Confirm it, then everything is sent.",
  );
