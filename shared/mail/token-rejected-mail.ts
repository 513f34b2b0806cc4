import { nameLine, type Part, toMailContent } from "./letter.ts";
import type { MailContent } from "./mailer.ts";
import { inWords } from "./moment.ts";

export interface TokenRejectedFacts {
  ownerName: string;
  /** The organization as the hub knows it. */
  partnerName: string;
  rejectedAt: Date;
  /** IANA name. */
  timeZone: string;
  /** Pages to open: the integration in the hub, the key's page in Gradient. */
  links: { hub: string; gradient: string };
  further?: Part[];
}

/** Tells the owner that Gradient does not take the key any more, and how to go on. */
export const tokenRejectedMail = (facts: TokenRejectedFacts): MailContent => {
  const partner = nameLine(facts.partnerName);

  return toMailContent({
    subject: `Usage is not being sent to Gradient: new key needed for ${partner}`,
    parts: [
      { kind: "paragraph", text: `Hello ${nameLine(facts.ownerName)},` },
      {
        kind: "paragraph",
        text: `Gradient no longer accepts the key that ${partner} had entered in the hub. This happens when somebody generates a new key in Gradient or disconnects the integration there.`,
      },
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["Refused since", inWords(facts.rejectedAt, facts.timeZone)],
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
      { kind: "link", label: "Generate a key in Gradient", url: facts.links.gradient },
      { kind: "link", label: "Paste it in the hub", url: facts.links.hub },
      { kind: "heading", text: "Nothing is lost" },
      {
        kind: "paragraph",
        text: "Your usage is still being counted in the hub. Once the new key is in place, the current count of every customer and service is sent by itself. Until then Gradient shows the counts it accepted last, so please do not reconcile on them. If the integration was disconnected in Gradient, customers and services have to be mapped there again.",
      },
      ...(facts.further ?? []),
    ],
  });
};
