import type { HubClient } from "./hub-client.ts";
import type { MailboxClient } from "./mailbox-client.ts";
import type { PartnerSide } from "./partner-side.ts";
import type { Terminal } from "./terminal.ts";

/** What every step of the journey has at hand. */
export interface Traveller {
  partnerName: string;
  ownerEmail: string;
  /** The hub, as a signed-in admin of the partner. */
  hub: HubClient;
  /** Gradient, as the partner's own people use it. */
  partnerSide: PartnerSide;
  mailbox: MailboxClient;
  terminal: Terminal;
}
