import { AppError } from "../errors.ts";
import { dayMs } from "../schedules/zoned-time.ts";
import { type Agreement, agreements } from "./agreement.ts";

interface Confirmed {
  /** Stands for its text, too: whoever edits one gives it a new version. */
  version: string;
}

/** How a partner stands to the agreement that is in force. */
export type Consent =
  | { state: "none" | "valid" }
  /** `version` is to be confirmed. `until` then everything goes on; after that no run starts. */
  | { state: "renewal-due" | "expired"; version: string; since: string; until: string };

/**
 * Versions are dates: whoever has confirmed a newer one is asked for no earlier one, be it by a service that was rolled
 * back, or by a function that the deployment has not reached yet.
 */
export const covers = (confirmed: Confirmed, version: string): boolean => confirmed.version >= version;

const endOf = ({ effectiveAt, graceDays }: Agreement): number => Date.parse(effectiveAt) + graceDays * dayMs;

/**
 * Of all `texts` that are in force and not confirmed, the first whose time is over decides: a text that follows gives
 * no new time to whoever has missed one.
 */
export const consentOf = (
  confirmed: Confirmed | null,
  now: Date,
  texts: readonly Agreement[] = agreements,
): Consent => {
  if (confirmed === null) return { state: "none" };
  const isAsked = ({ version, effectiveAt }: Agreement): boolean =>
    !covers(confirmed, version) && Date.parse(effectiveAt) <= now.getTime();
  const asked = texts.filter(isAsked);
  const [first] = asked.toSorted((a, b) => endOf(a) - endOf(b));
  const newest = asked.at(-1);
  if (!first || !newest) return { state: "valid" };
  const end = endOf(first);
  return {
    state: end > now.getTime() ? "renewal-due" : "expired",
    version: newest.version,
    since: first.effectiveAt,
    until: new Date(end).toISOString(),
  };
};

/** No run may start: an agreement was not confirmed in time. */
export const isConsentOver = (
  { agreement }: { agreement: Confirmed | null },
  now: Date,
  texts?: readonly Agreement[],
): boolean => consentOf(agreement, now, texts).state === "expired";

export const agreementExpired = () =>
  new AppError(
    "conflict",
    "agreement.expired",
    "The agreement has a new version, and the time to confirm it is over. Confirm it, then everything is sent.",
  );
