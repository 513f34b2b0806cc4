import type { FactsAbout } from "../mail-facts.ts";
import { type Letter, nameLine, oneLine } from "./letter.ts";
import { gradientLink, hubLink, type LetterContext, moment, paragraph } from "./letter-context.ts";
import { counted } from "./reminder-mails.ts";

/** What becomes of the counts in Gradient: in a few words, and for the list of what happens now. */
const countsAfter = ({ zeroUntil, left }: FactsAbout<"disconnected">, context: LetterContext): [string, string] => {
  if (left !== undefined) {
    return [
      `${counted(left, "line")} could not be set to zero`,
      `Gradient did not take a zero for ${counted(left, "line")}. It goes on with those counts, until somebody changes them there.`,
    ];
  }
  if (zeroUntil === undefined) {
    return [
      "stay as they were sent last",
      "Gradient goes on with the counts that it holds, until somebody changes them there.",
    ];
  }
  return [
    "are set to zero",
    `Wherever Gradient holds units, zero is sent first. While Gradient does not take it, that is tried until ${moment(context, zeroUntil)}; you are told if counts are left then.`,
  ];
};

const keyAfter = ({ zeroUntil }: FactsAbout<"disconnected">): string =>
  zeroUntil === undefined
    ? "The key that had been entered is deleted."
    : "The key that had been entered is deleted once the zeros have arrived, or cannot any more.";

/** Tells the owner that somebody has ended the integration, and what became of the counts in Gradient. */
export const disconnectedMail = (facts: FactsAbout<"disconnected">, context: LetterContext): Letter => {
  const partner = nameLine(context.partnerName);
  const [inShort, inFull] = countsAfter(facts, context);
  return {
    subject:
      facts.left === undefined
        ? `Gradient was disconnected: ${partner}`
        : `Some counts in Gradient were not set to zero: ${partner}`,
    parts: [
      paragraph(
        `${nameLine(facts.by.name)} has disconnected ${partner} from Gradient in the hub. ${
          facts.zeroUntil === undefined ? "Nothing is sent any more." : "Nothing but zeros is sent any more."
        }`,
      ),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["Disconnected by", nameLine(facts.by.name)],
          [facts.left === undefined ? "When" : "Given up", moment(context, facts.disconnectedAt)],
          ["From address", oneLine(facts.by.address)],
          ["Counts in Gradient", inShort],
        ],
      },
      { kind: "heading", text: "What happens now" },
      {
        kind: "list",
        items: [keyAfter(facts), "The history of what was sent stays in the hub.", inFull],
      },
      { kind: "heading", text: "If that was a mistake" },
      paragraph(
        "Start the integration again in the hub, with a key from Gradient. The schedule, the recipients of results and what was left out come back; the agreement is asked for again.",
      ),
      hubLink(context),
    ],
  };
};

/** Tells the owner that the connection was ended on Gradient's side. */
export const disconnectedInGradientMail = (
  facts: FactsAbout<"disconnected-in-gradient">,
  context: LetterContext,
): Letter => {
  const partner = nameLine(context.partnerName);
  return {
    subject: `The integration was disconnected in Gradient: ${partner}`,
    parts: [
      paragraph(
        `Gradient says that the integration with this hub is not connected any more in the organization ${nameLine(facts.organizationName)}. Somebody has ended it in Gradient, or started it there anew.`,
      ),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["Noticed", moment(context, facts.noticedAt)],
        ],
      },
      { kind: "heading", text: "What to do" },
      {
        kind: "list",
        items: [
          "If that is meant, disconnect the integration in the hub as well.",
          "If not, generate a new key in Gradient and paste it in the hub. Customers and services may have to be mapped again.",
          "If Gradient shows your customers in the integration as before, press Check now in the hub, and it goes on at once. It looks there daily as well, and goes on by itself where the integration is in use.",
        ],
      },
      gradientLink(context),
      hubLink(context),
    ],
  };
};

/** Tells the owner who hears of results from now on, because that shows names of customers to them. */
export const recipientsChangedMail = (facts: FactsAbout<"recipients-changed">, context: LetterContext): Letter => {
  const partner = nameLine(context.partnerName);
  const listed = (addresses: string[]) => (addresses.length === 0 ? "nobody" : addresses.map(oneLine).join(", "));
  return {
    subject: `Who hears of results has changed: ${partner}`,
    parts: [
      paragraph(
        `${nameLine(facts.by.name)} has changed who is told, beside you, how sending usage to Gradient went. These mails name customers and services.`,
      ),
      {
        kind: "facts",
        facts: [
          ["Organization", partner],
          ["Added", listed(facts.added)],
          ["Taken out", listed(facts.removed)],
          ["Changed by", nameLine(facts.by.name)],
          ["When", moment(context, facts.changedAt)],
          ["From address", oneLine(facts.by.address)],
        ],
      },
      paragraph("If that is not right, take the address out on the integration's page in the hub."),
      hubLink(context),
    ],
  };
};
