import { isAllWell } from "#shared/exports/ending/result-mails";
import type { UsageExport } from "#shared/exports/usage-export";
import type { Integration } from "#shared/integrations/integration";
import type { MailFacts } from "#shared/mail/mail-facts";

const endedBefore = ({ finishedAt }: UsageExport, { lastExport }: Integration): boolean =>
  (finishedAt ?? "") < (lastExport?.finishedAt ?? "");

/** What it left has arrived since: by now it would be told as what is, and what fails next would pass for known. */
export const isPast = (run: UsageExport, integration: Integration | undefined): boolean =>
  run.outcome !== "succeeded" && integration !== undefined && isAllWell(integration) && endedBefore(run, integration);

/** It was good, and something has been left since, which another mail tells, or has told. */
export const isUndoneBy = (run: UsageExport, integration: Integration | undefined): boolean =>
  run.outcome === "succeeded" && integration !== undefined && !isAllWell(integration) && endedBefore(run, integration);

/** In the order of the runs: the message of an earlier one may come later. */
export const byRun = (a: MailFacts, b: MailFacts): number => {
  const [one, other] = [a, b].map((facts) => (facts.kind === "run-result" ? facts.exportId : ""));
  return (one ?? "") < (other ?? "") ? -1 : 1;
};
