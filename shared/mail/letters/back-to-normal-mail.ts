import type { FactsAbout } from "../mail-facts.ts";
import { type Letter, nameLine } from "./letter.ts";
import { hubLink, type LetterContext, moment, paragraph } from "./letter-context.ts";

/** Tells the owner that Gradient takes the key again, after a mail that said the contrary. */
export const backToNormalMail = (facts: FactsAbout<"back-to-normal">, context: LetterContext): Letter => {
  const partner = nameLine(context.partnerName);

  return {
    subject: `Usage is being sent to Gradient again: ${partner}`,
    parts: [
      paragraph(
        `Gradient accepts the key of ${partner} again, the one that it had refused before. There is nothing for you to do.`,
      ),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["Refused since", moment(context, facts.refusedSince)],
          ["Accepted again", moment(context, facts.resumedAt)],
          ["State", "usage is sent to Gradient as before"],
        ],
      },
      paragraph(
        "Nothing was lost: the current count of every customer and service is sent by itself now, and Gradient shows it shortly afterwards.",
      ),
      hubLink(context),
    ],
  };
};
