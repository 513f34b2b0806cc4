import { createHash } from "node:crypto";
import * as of20261101 from "./texts/2026-11-01.ts";
import * as of20261126 from "./texts/2026-11-26.ts";

export interface Agreement {
  /** The day that it is from: a later version takes the place of all before it. */
  version: string;
  title: string;
  markdown: string;
  sha256: string;
  /**
   * From then on it is asked for, of partners that have confirmed an earlier one, too. The day of its deployment: of a
   * text that is deployed later than its grace lasts, all partners would have missed it.
   */
  effectiveAt: string;
  /** For so long after that, everything goes on for a partner that has confirmed an earlier one. */
  graceDays: number;
}

const agreementOf = (text: Omit<Agreement, "sha256">): Agreement => ({
  ...text,
  sha256: createHash("sha256").update(text.markdown, "utf8").digest("hex"),
});

/** Every text that was in force, oldest first. */
export const agreements: [Agreement, ...Agreement[]] = [
  agreementOf({ version: "2026-11-01", ...of20261101, effectiveAt: "2026-11-01T00:00:00.000Z", graceDays: 30 }),
  agreementOf({ version: "2026-11-26", ...of20261126, effectiveAt: "2026-11-26T00:00:00.000Z", graceDays: 30 }),
];

/** The text that is in force. */
export const currentAgreement: Agreement = agreements.at(-1) ?? agreements[0];
