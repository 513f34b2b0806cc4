import { asciiAddress } from "../mail-address.ts";
import { nameLine, oneLine, type Part, toMailContent } from "./letter.ts";
import type { MailContent } from "./mailer.ts";
import { inWords } from "./moment.ts";

export interface AgreementConfirmedFacts {
  ownerName: string;
  /** The organization as the hub knows it. */
  partnerName: string;
  confirmedBy: { name: string; email: string };
  confirmedAt: Date;
  /** IANA name. */
  timeZone: string;
  /** The address that the confirmation came from. */
  sourceIp: string;
  agreement: { title: string; version: string; sha256: string };
  /** Pages to open: the integration in the hub, the mapping in Gradient. */
  links: { hub: string; gradient: string };
  /** What else the mail has to tell, of causes that came before it could go out. */
  further?: Part[];
}

// twelve digits tell any two texts apart and can be compared by eye; the whole hash is in the hub
const shownHashDigits = 12;

const sharedData = [
  "the names of your customers and the hub's own id of each",
  "the names of the services you resell, with their description and category",
  "per customer and service, how many units are in use now (seats, connectors and the like)",
];

/** An address as it is; whatever else an identity provider put in its place is a name. */
const addressLine = (email: string): string => (asciiAddress(email) === undefined ? nameLine(email) : oneLine(email));

/** Tells the owner that the billing agreement was confirmed, by whom, and how to take it back. */
export const agreementConfirmedMail = (facts: AgreementConfirmedFacts): MailContent => {
  const { agreement, confirmedAt, timeZone, links } = facts;
  const partner = nameLine(facts.partnerName);
  const person = `${nameLine(facts.confirmedBy.name)} (${addressLine(facts.confirmedBy.email)})`;

  return toMailContent({
    subject: `Billing agreement for Gradient confirmed: ${partner}`,
    parts: [
      { kind: "paragraph", text: `Hello ${nameLine(facts.ownerName)},` },
      {
        kind: "paragraph",
        text: `${person} has confirmed the agreement that lets us send the usage of ${partner} to Gradient. You are told as the owner of the organization; nothing is asked of you if that is right.`,
      },
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["Confirmed by", person],
          ["When", inWords(confirmedAt, timeZone)],
          ["From address", oneLine(facts.sourceIp)],
          ["Agreement", `${oneLine(agreement.title)}, version ${oneLine(agreement.version)}`],
          ["SHA-256 of its text", `${oneLine(agreement.sha256).slice(0, shownHashDigits)}…`],
        ],
      },
      { kind: "heading", text: "What will be shared with Gradient" },
      { kind: "list", items: sharedData },
      {
        kind: "paragraph",
        text: "Beyond the status of the connection nothing else is sent: no users, no addresses, none of your customers' data.",
      },
      { kind: "heading", text: "What happens now" },
      {
        kind: "list",
        items: [
          "Your customers and services appear in Gradient by themselves.",
          "Somebody on your side maps them in Gradient to those of your PSA.",
          "As soon as a customer and a service are mapped, their usage is sent, and from then on regularly.",
        ],
      },
      { kind: "link", label: "Map customers and services in Gradient", url: links.gradient },
      { kind: "heading", text: "If you do not agree" },
      {
        kind: "paragraph",
        text: "Disconnect the integration on its page in the hub. From then on nothing is sent, and the key that you had entered is deleted. What was sent before stays in Gradient.",
      },
      { kind: "link", label: "Open the integration in the hub", url: links.hub },
      ...(facts.further ?? []),
    ],
  });
};
