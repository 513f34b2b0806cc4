import type { FactsAbout, Gaps } from "../mail-facts.ts";
import { type Letter, nameLine, oneLine, type Part } from "./letter.ts";
import { gradientLink, hubLink, type LetterContext, moment, paragraph } from "./letter-context.ts";

/** `1 customer`, `2 customers`. */
export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

/** Those that are named, one in a line, and how many more there are. */
const gapParts = ({ unmapped, names, units }: Gaps, one: string): Part[] => {
  if (unmapped === 0) return [];
  if (names.length === 0) return [{ kind: "list", items: [counted(unmapped, one)] }];
  const named = names.map((name, index) => {
    const unbilled = units?.[index];
    return `${nameLine(name)}${unbilled === undefined ? "" : ` (${counted(unbilled, "unit")} not billed)`}`;
  });
  const more = unmapped - names.length;
  return [
    { kind: "heading", text: counted(unmapped, one) },
    { kind: "list", items: more > 0 ? [...named, `and ${more} more`] : named },
  ];
};

/** Tells the owner what is used and not billed for want of a mapping in Gradient. */
export const mappingDigestMail = (
  { accounts, services }: FactsAbout<"mapping-digest">,
  context: LetterContext,
): Letter => {
  const partner = nameLine(context.partnerName);
  return {
    subject: `To be mapped in Gradient: ${partner}`,
    parts: [
      paragraph(
        `In Gradient, some of what ${partner} uses is not mapped to the PSA yet. Its counts cannot be taken there, so they are not billed.`,
      ),
      ...gapParts(accounts, "customer"),
      ...gapParts(services, "service"),
      paragraph(
        "Map them in Gradient, or leave them out in the hub if they are not to be billed. What is mapped is sent by itself.",
      ),
      gradientLink(context, "Map customers and services in Gradient"),
      hubLink(context),
    ],
  };
};

/** Tells the owner that the agreement's text has changed, and until when everything goes on without a new consent. */
export const agreementRenewalMail = (facts: FactsAbout<"agreement-renewal">, context: LetterContext): Letter => {
  const partner = nameLine(context.partnerName);
  const version = oneLine(facts.version);
  const [subject, what] = facts.isOver
    ? [
        `Usage is not being sent to Gradient: the agreement is to be confirmed for ${partner}`,
        `The agreement on sharing usage with Gradient has a new version, and nobody has confirmed it for ${partner} in time. No usage is sent until somebody does. Nothing is lost: what changed meanwhile is sent then.`,
      ]
    : [
        `The agreement for Gradient has a new version: ${partner}`,
        `The agreement on sharing usage with Gradient has a new version. Until the date below everything goes on as before. If nobody has confirmed the new version for ${partner} by then, no usage is sent until somebody does.`,
      ];
  return {
    subject,
    parts: [
      paragraph(what),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["New version", version],
          [facts.isOver ? "Was to be confirmed until" : "To be confirmed until", moment(context, facts.until)],
        ],
      },
      paragraph("An owner or a full administrator can read and confirm it on the integration's page in the hub."),
      hubLink(context),
    ],
  };
};
