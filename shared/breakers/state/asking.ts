import type { Integration } from "../../integrations/integration.ts";
import type { Clock } from "../../pace/clock.ts";
import type { VendorKey, VendorKeyVersion } from "../../secrets/vendor-key.ts";
import type { Table } from "../../table/table.ts";
import type { BreakerRows } from "./breaker-rows.ts";
import type { RecentSuccesses } from "./recent-successes.ts";

/**
 * What Gradient says to a partner's token and our key: `taken` (2xx, 400, 404: it let us in), `token-rejected` (401),
 * `forbidden` (403) or nothing to go by (5xx, 429, no answer, no slot). `token-missing`: it was not asked, for the
 * token is in the secret store no more.
 */
export type Answer = "taken" | "token-rejected" | "forbidden" | "unanswered" | "token-missing";

/** Exactly these two halves of the credential are tried, whatever others a cache holds. */
export interface Question {
  partnerId: string;
  secretName: string;
  tokenVersionId: string;
  vendorKey: string;
}

/** One `GET /organization`. It takes its slot, of the lowest class, and throws for no answer of Gradient. */
export type Ask = (question: Question) => Promise<Answer>;

export interface Dependencies {
  table: Table;
  clock: Clock;
  newId: () => string;
  ask: Ask;
  vendorKey: VendorKey;
  /** A few partners that wait to be sent, the longest first: when nobody's calls get through, theirs are tried. */
  waiting: () => Promise<string[]>;
}

/** What the parts of this module share within one process. */
export interface Context extends Dependencies {
  rows: BreakerRows;
  successes: RecentSuccesses;
}

/** Asks with this partner's registered token. */
export const askAs = (
  { ask }: Pick<Context, "ask">,
  { partnerId, token }: Integration,
  { key }: VendorKeyVersion,
): Promise<Answer> =>
  token === null
    ? Promise.resolve("unanswered")
    : ask({ partnerId, secretName: token.secretName, tokenVersionId: token.versionId, vendorKey: key });
