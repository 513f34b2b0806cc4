import * as z from "zod";
import { instant } from "../identifier.ts";

/** Who did something in the hub, as the mail names them. */
const person = z.object({ name: z.string(), address: z.string() });

/** The same, of somebody as the audit trail names them; whose token had no name goes by the sub. */
export const personFacts = (by: { actor: string; actorName: string | null; address: string | null }) => ({
  name: by.actorName || by.actor,
  address: by.address ?? "",
});

/** What is not mapped: how much of it, and the first by name, most units first. */
const gaps = z.object({
  unmapped: z.int(),
  names: z.array(z.string()),
  /** Of each of these names, how many units are not billed for it; mails of before do not know. */
  units: z.array(z.int()).optional(),
});
export type Gaps = z.infer<typeof gaps>;

/** What each kind of mail tells. Every fact is of the moment at which the mail was owed. */
export const mailFacts = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("agreement-confirmed"),
    version: z.string(),
    sha256: z.string(),
    confirmedAt: instant,
    confirmedByName: z.string(),
    confirmedByEmail: z.string(),
    address: z.string(),
  }),
  z.object({
    kind: z.literal("token-rejected"),
    rejectedAt: instant,
    /** It was not refused: the secret store does not have it any more. */
    isMissing: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal("back-to-normal"),
    refusedSince: instant,
    resumedAt: instant,
    /** The key was not refused: the partner seemed to have disconnected in Gradient since then. */
    wasGone: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal("token-replaced"),
    replacedAt: instant,
    by: person,
    lastFour: z.string(),
    organizationName: z.string(),
    /** The Gradient organization that the key before belonged to, where it is another. */
    organizationBefore: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("disconnected"),
    disconnectedAt: instant,
    by: person,
    /** The counts are set to zero first: until when that is tried. */
    zeroUntil: instant.optional(),
    /** That time is over: so many lines have kept their counts. */
    left: z.int().optional(),
  }),
  z.object({ kind: z.literal("disconnected-in-gradient"), noticedAt: instant, organizationName: z.string() }),
  z.object({
    kind: z.literal("mapping-digest"),
    at: instant,
    accounts: gaps,
    services: gaps,
  }),
  z.object({
    kind: z.literal("token-aged"),
    registeredAt: instant,
    days: z.int(),
    policyDays: z.int(),
    lastFour: z.string(),
  }),
  z.object({
    kind: z.literal("run-result"),
    exportId: z.string(),
    /** It had all lines, and planned them. */
    isOfAll: z.boolean().optional(),
  }),
  z.object({ kind: z.literal("run-missed"), dueAt: instant, noticedAt: instant }),
  z.object({
    kind: z.literal("recipients-changed"),
    changedAt: instant,
    by: person,
    added: z.array(z.string()),
    removed: z.array(z.string()),
  }),
  z.object({
    kind: z.literal("agreement-renewal"),
    at: instant,
    version: z.string(),
    /** Until then everything goes on. */
    until: instant,
    isOver: z.boolean(),
  }),
]);
export type MailFacts = z.infer<typeof mailFacts>;
export type MailKind = MailFacts["kind"];
export type FactsAbout<Kind extends MailKind> = Extract<MailFacts, { kind: Kind }>;
