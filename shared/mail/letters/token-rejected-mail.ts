import type { FactsAbout } from "../mail-facts.ts";
import { type Letter, nameLine } from "./letter.ts";
import { gradientLink, hubLink, type LetterContext, moment, paragraph } from "./letter-context.ts";

/** Tells the owner that Gradient does not take the key any more, or that it is lost, and how to go on. */
export const tokenRejectedMail = (facts: FactsAbout<"token-rejected">, context: LetterContext): Letter => {
  const partner = nameLine(context.partnerName);
  const { isMissing = false } = facts;

  return {
    subject: `Usage is not being sent to Gradient: new key needed for ${partner}`,
    parts: [
      paragraph(
        isMissing
          ? `The key that ${partner} had entered in the hub is not stored any more, so nothing can be sent to Gradient with it.`
          : `Gradient no longer accepts the key that ${partner} had entered in the hub. This happens when somebody generates a new key in Gradient or disconnects the integration there.`,
      ),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          [isMissing ? "Missing since" : "Refused since", moment(context, facts.rejectedAt)],
          ["State", "suspended: no usage is sent to Gradient"],
        ],
      },
      { kind: "heading", text: "What to do" },
      {
        kind: "list",
        items: [
          "In Gradient, open the integration and generate a new key. It is shown once; copy it.",
          "In the hub, open the integration and paste the new key in place of the old one.",
        ],
      },
      gradientLink(context, "Generate a key in Gradient"),
      hubLink(context, "Paste it in the hub"),
      { kind: "heading", text: "Nothing is lost" },
      paragraph(
        "Your usage is still being counted in the hub. Once the new key is in place, the current count of every customer and service is sent by itself. Until then Gradient shows the counts it accepted last, so please do not reconcile on them. If the integration was disconnected in Gradient, customers and services have to be mapped there again.",
      ),
    ],
  };
};
