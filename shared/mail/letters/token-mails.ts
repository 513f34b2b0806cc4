import type { FactsAbout } from "../mail-facts.ts";
import { type Letter, nameLine, oneLine } from "./letter.ts";
import { gradientLink, hubLink, type LetterContext, moment, paragraph } from "./letter-context.ts";

/** Tells the owner that somebody has put another key in place, so that a stranger's act is noticed. */
export const tokenReplacedMail = (facts: FactsAbout<"token-replaced">, context: LetterContext): Letter => {
  const partner = nameLine(context.partnerName);
  const organization = nameLine(facts.organizationName);
  const before = facts.organizationBefore;
  return {
    subject: `The key for Gradient was replaced: ${partner}`,
    parts: [
      paragraph(
        `${nameLine(facts.by.name)} has put another key in place for ${partner} in the hub. Gradient accepts it, and the key before is not used any more. Nothing is asked of you if that is right.`,
      ),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["Replaced by", nameLine(facts.by.name)],
          ["When", moment(context, facts.replacedAt)],
          ["From address", oneLine(facts.by.address)],
          ["New key ends in", oneLine(facts.lastFour)],
          ["Organization in Gradient", organization],
        ],
      },
      ...(before === null
        ? []
        : [
            paragraph(
              `The key belongs to another organization in Gradient: it was ${nameLine(before)}, and is ${organization} now. The agreement is asked for again before anything is sent there, and customers and services have to be mapped there.`,
            ),
          ]),
      { kind: "heading", text: "If nobody of yours did that" },
      paragraph(
        "Disconnect the integration on its page in the hub: from then on nothing is sent. In Gradient, generate a new key, which ends the one that was put in place.",
      ),
      hubLink(context),
    ],
  };
};

/** Reminds the owner of a key that is older than the policy allows. Everything goes on. */
export const tokenAgedMail = (facts: FactsAbout<"token-aged">, context: LetterContext): Letter => {
  const partner = nameLine(context.partnerName);
  return {
    subject: `The key for Gradient is ${facts.days} days old: ${partner}`,
    parts: [
      paragraph(
        `The key that ${partner} uses for Gradient is older than ${facts.policyDays} days. It works, and usage is sent as before. A key should be replaced from time to time, because nobody knows who has seen it.`,
      ),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["Key ends in", oneLine(facts.lastFour)],
          ["In use since", moment(context, facts.registeredAt)],
        ],
      },
      { kind: "heading", text: "What to do" },
      {
        kind: "list",
        items: [
          "In Gradient, open the integration and generate a new key. The one in use ends with that.",
          "In the hub, paste the new key at once. Nothing is lost in between: what changed is sent with the new key.",
        ],
      },
      gradientLink(context, "Generate a key in Gradient"),
      hubLink(context),
    ],
  };
};
