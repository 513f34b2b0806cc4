import type { FactsAbout } from "../mail-facts.ts";
import { type Letter, nameLine } from "./letter.ts";
import { hubLink, type LetterContext, moment, paragraph } from "./letter-context.ts";

const afterRefusal = {
  what: (partner: string) => `Gradient accepts the key of ${partner} again, the one that it had refused before.`,
  since: "Refused since",
  until: "Accepted again",
  state: "usage is sent to Gradient as before",
  counts:
    "Nothing was lost: the current count of every customer and service is sent by itself now, and Gradient shows it shortly afterwards.",
};

// what was not mapped then, or has lost its mapping meanwhile, is not sent
const afterAbsence: typeof afterRefusal = {
  what: (partner) =>
    `Gradient shows the customers of ${partner} again, after the integration had seemed to be disconnected there.`,
  since: "Seemed disconnected since",
  until: "Seen again",
  state: "connected: usage of what is mapped is sent to Gradient",
  counts:
    "Nothing was lost: the current count of every customer and service that is mapped in Gradient is sent by itself now. What has lost its mapping meanwhile is shown in the hub, and has to be mapped again. If the integration was disconnected in Gradient on purpose, disconnect it in the hub as well.",
};

/** Tells the owner that all goes on by itself, after a mail that said the contrary. */
export const backToNormalMail = (facts: FactsAbout<"back-to-normal">, context: LetterContext): Letter => {
  const partner = nameLine(context.partnerName);
  const words = facts.wasGone ? afterAbsence : afterRefusal;

  return {
    subject: `Usage is being sent to Gradient again: ${partner}`,
    parts: [
      paragraph(`${words.what(partner)} There is nothing for you to do.`),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          [words.since, moment(context, facts.refusedSince)],
          [words.until, moment(context, facts.resumedAt)],
          ["State", words.state],
        ],
      },
      paragraph(words.counts),
      hubLink(context),
    ],
  };
};
