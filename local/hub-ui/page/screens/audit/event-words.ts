import { settingInWords } from "./stored-settings.ts";

const words: Record<string, string> = {
  "integration.started": "Started the integration",
  "integration.disconnected": "Disconnected Gradient",
  "integration.closed": "Gave up the key after disconnecting",
  "integration.activated": "Gradient accepted a first count: the integration is active",
  "integration.suspended": "The integration was suspended",
  "integration.resumed": "The integration goes on",
  "token.registered": "Registered a key",
  "token.replaced": "Replaced the key",
  "token.refused": "A pasted key was not taken",
  "agreement.confirmed": "Confirmed the agreement",
  "owner-email.requested": "Had the owner's e-mail sent again",
  "owner.changed": "The hub has named the organization's owner",
  "notifications.changed": "Changed who hears of results",
  "mapping.reported": "Gradient reported that mapping is complete",
  "mapping.check-requested": "Checked the mapping",
  "mapping.left-out": "Left customers or services out",
  "mapping.taken-in": "Took customers or services in again",
  "export.started": "A run started",
  "export.cancelled": "Cancelled a run",
  "export.superseded": "A run was left to a newer one",
  "export.finished": "A run ended",
  "schedule.changed": "Changed the schedule",
};

/** What has happened, in a partner's words; what is not known yet is shown as it is. */
export const eventWords = (type: string): string => words[type] ?? type;

interface Detail {
  name: string;
  text: string;
}

const names: Record<string, string> = {
  outcome: "Outcome",
  lines: "Lines",
  accepted: "Accepted by Gradient",
  unchanged: "Unchanged",
  unmapped: "Not mapped",
  rejected: "Refused by Gradient",
  deferred: "Not sent",
  superseded: "Left to a newer run",
  mode: "What",
  trigger: "Why",
  version: "Version",
  sha256: "Fingerprint of the text",
  userAgent: "Browser",
  result: "Why",
  lastFour: "Key ends in",
  lastFourBefore: "Key before ended in",
  organizationName: "Gradient organization",
  organizationBefore: "Gradient organization before",
  before: "Before",
  after: "Now",
  reason: "Reason",
  kind: "What",
  count: "How many",
  ids: "Ids",
  finalCounts: "Counts in Gradient",
  remaining: "Lines not set to zero",
};

// the order in which people ask; what is not known yet comes last
const order = Object.keys(names);
const placeOf = (name: string): number => (order.indexOf(name) < 0 ? order.length : order.indexOf(name));

const values: Record<string, string> = {
  succeeded: "complete",
  partial: "in part",
  changes: "what has changed",
  full: "everything",
  "dry-run": "dry run",
  manual: "somebody asked for it",
  schedule: "on schedule",
  mapping: "new mapping or key",
  recovery: "caught up by itself",
  repeat: "sent again, to be sure",
  keep: "left as they are",
  zero: "set to zero first",
  accounts: "customers",
  "token.rejected": "Gradient refuses the key",
  "token.malformed": "it does not look like a key",
  "gradient.unavailable": "Gradient did not answer",
  "gradient.refused": "Gradient refused the call",
  "token.in-use": "another organization of this hub uses it",
  "organization.differs": "it belongs to another Gradient organization",
};

// what people write, or Gradient and browsers say, may be any of these words and means none of them
const written = new Set(["reason", "organizationName", "organizationBefore", "userAgent"]);
const reasons: Record<string, string> = {
  "gradient.disconnected": "disconnected in Gradient",
  "gradient.connected": "its customers are seen in Gradient again",
};

/** What an event says of itself, name by name; zeros and what is empty are left out. */
export const detailsInWords = (details: Record<string, unknown>): Detail[] =>
  Object.entries(details)
    .filter(([name, value]) => name !== "exportId" && value !== null && value !== "" && value !== 0)
    .toSorted(([one], [other]) => placeOf(one) - placeOf(other))
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      const isSetting = name === "before" || name === "after";
      const word = (written.has(name) ? reasons : values)[text];
      return { name: names[name] ?? name, text: word ?? (isSetting ? settingInWords(text) : text) };
    });
