import { asciiAddress, mailboxAddress } from "../../mail-address.ts";
import type { FactsAbout } from "../mail-facts.ts";
import { type Letter, nameLine, oneLine } from "./letter.ts";
import { gradientLink, hubLink, type LetterContext, moment, paragraph } from "./letter-context.ts";

// twelve digits tell any two texts apart and can be compared by eye; the whole hash is in the hub
const shownHashDigits = 12;

const sharedData = [
  "the names of your customers and the hub's own id of each",
  "the names of the services you resell, with their description and category",
  "per customer and service, how many units are in use (seats, connectors and the like)",
];

/** An address as it is; whatever else an identity provider put in its place is a name. */
const addressLine = (email: string): string => (asciiAddress(email) === undefined ? nameLine(email) : oneLine(email));

/** Tells the owner that the billing agreement was confirmed, by whom, and how to take it back. */
export const agreementConfirmedMail = (
  facts: FactsAbout<"agreement-confirmed">,
  context: LetterContext,
  agreementTitle: string,
): Letter => {
  const partner = nameLine(context.partnerName);
  // one that is sent again after more than a year does not know the address any more, and perhaps not from where
  const address = facts.confirmedByEmail === "" ? "" : ` (${addressLine(facts.confirmedByEmail)})`;
  const person = `${nameLine(facts.confirmedByName)}${address}`;
  const isReader = mailboxAddress(facts.confirmedByEmail) === mailboxAddress(context.ownerEmail);
  const who: [string, string][] = isReader ? [] : [["Confirmed by", person]];
  const from: [string, string][] = facts.address === "" ? [] : [["From address", oneLine(facts.address)]];
  const agreement = `the agreement that lets us send the usage of ${partner} to Gradient`;

  return {
    subject: `Billing agreement for Gradient confirmed: ${partner}`,
    parts: [
      paragraph(
        isReader
          ? `You confirmed ${agreement}. If that was you, nothing is asked of you.`
          : `${person} has confirmed ${agreement}. You are told as the owner of the organization; nothing is asked of you if that is right.`,
      ),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ...who,
          ["When", moment(context, facts.confirmedAt)],
          ...from,
          ["Agreement", `${oneLine(agreementTitle)}, version ${oneLine(facts.version)}`],
          ["SHA-256 of its text", `${oneLine(facts.sha256).slice(0, shownHashDigits)}…`],
        ],
      },
      { kind: "heading", text: "What is shared with Gradient" },
      { kind: "list", items: sharedData },
      paragraph("Beyond the status of the connection nothing else is sent: no people, no e-mail addresses, no prices."),
      { kind: "heading", text: "What happens now" },
      paragraph(
        "The names appear in Gradient by themselves. Map your customers and services there to those of your PSA: as soon as one of each is mapped, their usage is sent, and from then on regularly.",
      ),
      gradientLink(context, "Map customers and services in Gradient"),
      { kind: "heading", text: "If you do not agree" },
      paragraph(
        "Disconnect the integration on its page in the hub. From then on nothing is sent, and the key that you had entered is deleted. What was sent before stays in Gradient.",
      ),
      hubLink(context),
    ],
  };
};
