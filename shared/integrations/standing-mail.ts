import type { MailFacts } from "../mail/mail-facts.ts";
import { disconnectedThereSince, type Integration } from "./integration.ts";

/** What a suspended partner's owner was told when it was, by what it is suspended for; null where it is not. */
export const standingMail = (integration: Integration): MailFacts | null => {
  const { state, problems, gradient } = integration;
  if (state !== "suspended") return null;
  const sinceOf = (code: string): string | undefined => problems.find((problem) => problem.code === code)?.since;
  const goneSince = disconnectedThereSince(integration);
  if (goneSince !== undefined) {
    const organizationName = gradient?.organizationName ?? "";
    return { kind: "disconnected-in-gradient", noticedAt: goneSince, organizationName };
  }
  const [rejectedAt, missingSince] = [sinceOf("token.rejected"), sinceOf("token.missing")];
  if (rejectedAt !== undefined) return { kind: "token-rejected", rejectedAt, isMissing: false };
  return missingSince === undefined ? null : { kind: "token-rejected", rejectedAt: missingSince, isMissing: true };
};
