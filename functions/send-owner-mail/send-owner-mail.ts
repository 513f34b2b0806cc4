import type { Agreement } from "#shared/agreements/agreement";
import { InfrastructureFault, isAppError } from "#shared/errors";
import { problemChanges } from "#shared/integrations/problem-changes";
import { overOnceOut, unreachableBy } from "#shared/integrations/recipients";
import { logger } from "#shared/logger";
import { handedOver, heldBack, isUnheard, joined } from "#shared/mail/mail-states";
import {
  addressMark,
  heldUntil,
  type Mailbox,
  mailboxFor,
  mailboxWrite,
  withHandedOver,
  withNothingSaid,
  withOldForgotten,
} from "#shared/mail/mailbox";
import type { Mailer } from "#shared/mail/mailer";
import { missedAt } from "#shared/mail/owe-mail";
import { findOwnerMail, type OwnerMail, ownerMailWrite } from "#shared/mail/owner-mail";
import { hasNewAddress } from "#shared/mail/requeue-mail";
import { beingSent, isBeingSent } from "#shared/mail/waiting-mail";
import { asciiAddress } from "#shared/mail-address";
import { findPartner, type Partner, partnerUnchanged } from "#shared/partners/partner";
import { type Table, written } from "#shared/table/table";
import { dropMail, settleMail } from "./settle-mail.ts";
import { type WrittenLetter, writeLetter } from "./write-letter.ts";

interface Dependencies {
  table: Table;
  mailer: Mailer;
  agreement: Agreement;
  hubUrl: string;
  gradientBaseUrl: string;
  now: () => Date;
}

export type MailOutcome =
  | "sent"
  | "sent-before"
  | "joined"
  | "held"
  | "nothing-new"
  | "no-owner"
  | "refused"
  | "not-set-up"
  | "unknown-mail";

/** A worker's claim to one mail: longer than it may run, and over before its message comes again. */
export const sendingMs = 60_000;
// what is wrong with our own set-up is mended by people
const setUpPauseMs = 30 * 60_000;

/**
 * Sends one mail to the owner that the feed names at this moment, or to a recipient of results. It is never lost: it
 * counts as sent only once SES has taken it, and one that cannot go out waits for what it lacks, while others of its
 * kind join it. It can go out twice in one case: the process dies, or SES's answer is lost, between SES's taking it and
 * the note of that (ADR 14). Throws `mail.being-sent` while another worker is at it, and is tried again later.
 */
export const sendOwnerMail = (dependencies: Dependencies) => {
  const { table, mailer, now } = dependencies;
  const settle = settleMail(dependencies);
  const drop = dropMail(dependencies);
  const write = writeLetter(dependencies);
  const plus = (ms: number) => new Date(now().getTime() + ms).toISOString();

  /** Who is to read it, by now; without an e-mail address where there is none that SES takes. */
  const readerOf = async ({ partnerId, recipient }: OwnerMail) => {
    const partner = await findPartner(table, partnerId);
    const to = recipient === null ? partner?.owner : { name: "", email: recipient };
    return { partner, name: to?.name ?? "", email: asciiAddress(to?.email ?? "") };
  };

  /** Another of the kind waits already: it says this, too. */
  const join = async (mail: OwnerMail, lead: OwnerMail): Promise<MailOutcome> => {
    const at = now().toISOString();
    if (isBeingSent(lead, at)) throw beingSent();
    // whoever took the problem for solved hears that it is not
    const shown = lead.heldBy === "address" ? await unreachableBy(table, mail) : [];
    await table.transact([
      ownerMailWrite({ ...mail, joinedTo: lead.id, retryAt: null }),
      ownerMailWrite(joined(lead, mail, at)),
      ...(await problemChanges(table, mail.partnerId, { shown, at })),
    ]);
    return "joined";
  };

  const claim = async (mail: OwnerMail, box: Mailbox, address: string) => {
    const at = now().toISOString();
    const claimed: OwnerMail = {
      ...mail,
      // what was heard of an earlier try says nothing of this one
      status: "queued",
      heldBy: null,
      detail: null,
      sendingUntil: plus(sendingMs),
      attempt: mail.attempt + 1,
      sentTo: addressMark(address),
      retryAt: missedAt(at),
    };
    // whatever comes until it is out joins it: told after a later one, it would pass for what is
    const counted = withHandedOver({ ...box, waiting: mail.id }, mail.id, at);
    // The box is written, too: of two mails of a kind at the same moment each counts. Without SES's answer nobody knows
    // which of them its reader has read last: then nothing passes for known.
    await table.transact([ownerMailWrite(claimed), mailboxWrite(withNothingSaid(counted))]);
    return written(claimed);
  };

  const release = (claimed: OwnerMail) =>
    settle(claimed, ({ mail: { sendingUntil: _, ...mail }, box }) => ({ mail, box }));

  /** Where the feed has named another one meanwhile, when nothing waited for it yet, it is tried there. */
  const waitForAddress = (mail: OwnerMail, heldBy: "address" | "no-owner") =>
    settle(mail, async (current) => {
      const held = heldBack(current, { status: "failed", heldBy, retryAt: null });
      const { partner, email } = await readerOf(mail);
      const still = partnerUnchanged(mail.partnerId, partner);
      if (partner && email !== undefined && hasNewAddress(held.mail, email))
        return { ...held, mail: { ...held.mail, status: "queued", heldBy: null, retryAt: current.at }, still };
      return { ...held, shown: heldBy === "no-owner" ? ["owner.unknown"] : await unreachableBy(table, mail), still };
    });

  const refused = async (claimed: OwnerMail): Promise<MailOutcome> => {
    logger.warn("the mail service refused an address", { mailId: claimed.id });
    await waitForAddress(claimed, "address");
    return "refused";
  };

  const notSetUp = async (claimed: OwnerMail, fault: InfrastructureFault): Promise<MailOutcome> => {
    // an error, for somebody has to look: at the sender's verification, the sandbox, a pause of the account
    logger.error("the mail service refuses us, not an address", { mailId: claimed.id, detail: fault.message });
    const held = { status: "failed", heldBy: "set-up", retryAt: plus(setUpPauseMs) } as const;
    await settle(claimed, (current) => ({ ...heldBack(current, held), shown: ["mail.not-sent"] }));
    return "not-set-up";
  };

  const deliver = async (
    claimed: OwnerMail,
    { to, letter, before }: { to: Partner["owner"]; letter: WrittenLetter; before: Mailbox },
  ): Promise<MailOutcome> => {
    const { partnerId, id: reference, attempt } = claimed;
    let messageId: string;
    try {
      ({ messageId } = await mailer.send({ ...letter.content, to, reference, partnerId, attempt }));
    } catch (error) {
      if (isAppError(error, "mail.refused")) return refused(claimed);
      if (error instanceof InfrastructureFault) return notSetUp(claimed, error);
      // it may have arrived all the same: SES reports that, and then nobody sends it again
      if (isAppError(error, "mail.unavailable")) await release(claimed);
      throw error;
    }
    // what fails from here on is no word of the mail service's
    const over = await overOnceOut(table, claimed);
    const { says } = letter;
    await settle(claimed, (current) => ({ ...handedOver(current, { messageId, says, before }), over }));
    return "sent";
  };

  const withoutOwner = async (mail: OwnerMail): Promise<MailOutcome> => {
    await waitForAddress(mail, "no-owner");
    return "no-owner";
  };

  const send = async (mail: OwnerMail, stored: Mailbox): Promise<MailOutcome> => {
    // and is written so: one that tells of some lines ends what is as old of the others, too
    const box = withOldForgotten(stored, now().toISOString());
    const { partner, name, email } = await readerOf(mail);
    if (!partner || email === undefined) return withoutOwner(mail);
    // the same address would be refused again
    if (mail.heldBy === "address" && mail.detail !== "soft" && mail.sentTo === addressMark(email)) return "refused";
    const letter = await write(mail, partner, box);
    if (!letter || letter.isUnasked || letter.isKnown) {
      // what was shown of it: the next one may go out months later
      await drop(mail, box, { said: letter?.says ?? null, over: mail.attempt > 0 ? ["mail.not-sent"] : [] });
      return "nothing-new";
    }
    const until = heldUntil(box, mail.id, now().toISOString());
    if (until !== undefined) {
      const held = { status: "queued", heldBy: "limit", retryAt: until } as const;
      await settle(mail, (current) => heldBack(current, held));
      return "held";
    }
    return deliver(await claim(mail, box, email), { to: { name, email }, letter, before: box });
  };

  return async ({ partnerId, mailId }: { partnerId: string; mailId: string }): Promise<MailOutcome> => {
    const mail = await findOwnerMail(table, partnerId, mailId);
    if (!mail) return "unknown-mail";
    if (mail.joinedTo !== null) return "joined";
    if (!isUnheard(mail)) return "sent-before";
    if (isBeingSent(mail, now().toISOString())) throw beingSent();
    const box = await mailboxFor(table, mail);
    const lead =
      box.waiting === null || box.waiting === mailId ? undefined : await findOwnerMail(table, partnerId, box.waiting);
    return lead && isUnheard(lead) ? join(mail, lead) : send(mail, box);
  };
};
