import type { Part } from "./letter.ts";
import { inWords } from "./moment.ts";

/** What every letter knows beside its facts. */
export interface LetterContext {
  /** Empty where somebody else is written to, whose name is not known. */
  ownerName: string;
  /** Empty, too, where somebody else is written to. */
  ownerEmail: string;
  /** The organization as the hub knows it. */
  partnerName: string;
  /** IANA name. */
  timeZone: string;
  /** Pages to open: the integration in the hub, the front door of Gradient. */
  links: { hub: string; gradient: string };
}

export const paragraph = (text: string): Part => ({ kind: "paragraph", text });

export const hubLink = ({ links }: LetterContext, label = "Open the integration in the hub"): Part => ({
  kind: "link",
  label,
  url: links.hub,
});

export const gradientLink = ({ links }: LetterContext, label = "Open Gradient"): Part => ({
  kind: "link",
  label,
  url: links.gradient,
});

/** A moment in words, for the partner's own clock. */
export const moment = ({ timeZone }: LetterContext, at: string): string => inWords(new Date(at), timeZone);
