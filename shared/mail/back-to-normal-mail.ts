import { nameLine, type Part, toMailContent } from "./letter.ts";
import type { MailContent } from "./mailer.ts";
import { inWords } from "./moment.ts";

export interface BackToNormalFacts {
  ownerName: string;
  /** The organization as the hub knows it. */
  partnerName: string;
  refusedSince: Date;
  resumedAt: Date;
  /** IANA name. */
  timeZone: string;
  links: { hub: string };
  further?: Part[];
}

/** Tells the owner that Gradient takes the key again, after a mail that said the contrary. */
export const backToNormalMail = (facts: BackToNormalFacts): MailContent => {
  const partner = nameLine(facts.partnerName);

  return toMailContent({
    subject: `Usage is being sent to Gradient again: ${partner}`,
    parts: [
      { kind: "paragraph", text: `Hello ${nameLine(facts.ownerName)},` },
      {
        kind: "paragraph",
        text: `Gradient accepts the key of ${partner} again, the one that it had refused before. There is nothing for you to do.`,
      },
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["Refused since", inWords(facts.refusedSince, facts.timeZone)],
          ["Accepted again", inWords(facts.resumedAt, facts.timeZone)],
          ["State", "usage is sent to Gradient as before"],
        ],
      },
      {
        kind: "paragraph",
        text: "Nothing was lost: the current count of every customer and service is sent by itself now, and Gradient shows it shortly afterwards.",
      },
      { kind: "link", label: "Open the integration in the hub", url: facts.links.hub },
      ...(facts.further ?? []),
    ],
  });
};
