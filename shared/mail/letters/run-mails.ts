import type { FactsAbout } from "../mail-facts.ts";
import { type Letter, nameLine, type Part } from "./letter.ts";
import { hubLink, type LetterContext, moment, paragraph } from "./letter-context.ts";
import { counted } from "./reminder-mails.ts";

/** How a run ended, as its mail tells it. */
export interface RunReport {
  outcome: "succeeded" | "partial" | "failed";
  trigger: string;
  finishedAt: string;
  totals: { lines: number; accepted: number; unchanged: number; unmapped: number; rejected: number; deferred: number };
  /** Lines that were refused or left over, the first of them. */
  failing: { customerName: string; serviceName: string; unitCount: number | null; reason: string | null }[];
  /** How many more there are. */
  more: number;
  /** Why the run ended before its last line, in the words of the page. */
  stoppedBy: string | null;
}

const subjects = {
  succeeded: (partner: string) => `Usage was sent to Gradient: ${partner}`,
  partial: (partner: string) => `Some usage did not reach Gradient: ${partner}`,
  failed: (partner: string) => `Usage did not reach Gradient: ${partner}`,
};
const sentences = {
  succeeded: "Everything that was to be sent has reached Gradient.",
  partial: "Some of what was to be sent has not reached Gradient.",
  failed: "Nothing of what was to be sent has reached Gradient.",
};
// words of people for why a run stopped; what another version wrote is left out
const stops: Record<string, string> = {
  cancelled: "somebody cancelled it",
  "token-rejected": "Gradient refused the key",
  "not-connected": "the integration was disconnected, or its key replaced, meanwhile",
  "vendor-key": "Gradient refused the hub's own key, which is not your doing",
  "gradient-refuses": "Gradient refused calls",
  "gradient-down": "Gradient was not working",
  stalled: "it did not get anywhere",
};

const failingParts = ({ failing, more }: RunReport): Part[] =>
  failing.length === 0
    ? []
    : [
        { kind: "heading", text: "What did not reach Gradient" },
        {
          kind: "list",
          items: [
            ...failing.map(({ customerName, serviceName, unitCount, reason }) => {
              const what = `${nameLine(customerName)}, ${nameLine(serviceName)}`;
              const count = unitCount === null ? "" : `, ${counted(unitCount, "unit")}`;
              return `${what}${count}${reason === null ? "" : `: ${nameLine(reason)}`}`;
            }),
            ...(more > 0 ? [`and ${more} more, on the run's page in the hub`] : []),
          ],
        },
      ];

/** Tells how a run ended. */
export const runResultMail = (report: RunReport, context: LetterContext): Letter => {
  const partner = nameLine(context.partnerName);
  const { outcome, totals, stoppedBy } = report;
  const stop = stoppedBy === null ? undefined : stops[stoppedBy];
  return {
    subject: subjects[outcome](partner),
    parts: [
      paragraph(`${sentences[outcome]}${stop === undefined ? "" : ` The run ended early: ${stop}.`}`),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["Finished", moment(context, report.finishedAt)],
          ["Lines", String(totals.lines)],
          ["Accepted by Gradient", String(totals.accepted)],
          ["Unchanged", String(totals.unchanged)],
          ["Not mapped", String(totals.unmapped)],
          ["Refused by Gradient", String(totals.rejected)],
          ["Left over", String(totals.deferred)],
        ],
      },
      ...failingParts(report),
      ...(outcome === "succeeded"
        ? [paragraph("Accepted is not approved: you approve the counts in Gradient.")]
        : [
            paragraph(
              [
                ...(totals.deferred > 0 ? ["What was left over is sent by itself as soon as it can be."] : []),
                ...(totals.rejected > 0
                  ? ["What Gradient refused needs a look: the hub says for each line what to do."]
                  : []),
                "You are told again when other lines fail, or these fail once more after they had arrived.",
              ].join(" "),
            ),
          ]),
      hubLink(context),
    ],
  };
};

/** Tells the owner that a run was due and has not taken place. */
export const runMissedMail = (facts: FactsAbout<"run-missed">, context: LetterContext): Letter => {
  const partner = nameLine(context.partnerName);
  return {
    subject: `A run for Gradient is late: ${partner}`,
    parts: [
      paragraph(
        `Usage of ${partner} was due to be sent to Gradient and has not been sent yet. Gradient shows the counts that it accepted last, so please do not reconcile on them.`,
      ),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["Was due", moment(context, facts.dueAt)],
          ["Noticed", moment(context, facts.noticedAt)],
        ],
      },
      paragraph(
        "Nothing is lost: the current counts are sent as soon as it is possible, by themselves. The integration's page in the hub says what is waited for.",
      ),
      hubLink(context),
    ],
  };
};
