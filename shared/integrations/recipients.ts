import { UnreadableRecord } from "../errors.ts";
import { logFailure } from "../log-failure.ts";
import { isUnheard } from "../mail/mail-states.ts";
import { mailboxFor } from "../mail/mailbox.ts";
import { findOwnerMail, type OwnerMail } from "../mail/owner-mail.ts";
import { mailboxAddress } from "../mail-address.ts";
import type { Table } from "../table/table.ts";
import { findIntegration, type Integration, type ProblemCode } from "./integration.ts";

/** Recipients of results hear of nothing else. */
const facts = { kind: "run-result" } as const;

export const isSameMailbox = (a: string, b: string): boolean => mailboxAddress(a) === mailboxAddress(b);

/** Whoever was taken off the list while a mail waited gets nothing more, and is nobody's problem. */
export const isRecipient = (integration: Integration | undefined, address: string): boolean =>
  integration?.notifications.recipients.some((one) => isSameMailbox(one, address)) ?? false;

/**
 * The mail that waits for this recipient because the address did not take it; all later ones join it. A row that cannot
 * be read keeps its own recipient a problem, and nobody else from anything.
 */
export const mailKeptFrom = async (
  table: Pick<Table, "get">,
  partnerId: string,
  recipient: string,
): Promise<OwnerMail | "unreadable" | undefined> => {
  try {
    const { waiting } = await mailboxFor(table, { partnerId, recipient, facts });
    const mail = waiting === null ? undefined : await findOwnerMail(table, partnerId, waiting);
    return mail && mail.heldBy === "address" && isUnheard(mail) ? mail : undefined;
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    logFailure("a recipient's mail cannot be read", error);
    return "unreadable";
  }
};

/** None of these is known to be out of reach. */
export const areReached = async (
  table: Pick<Table, "get">,
  partnerId: string,
  recipients: string[],
): Promise<boolean> => {
  const kept = await Promise.all(recipients.map((recipient) => mailKeptFrom(table, partnerId, recipient)));
  return kept.every((mail) => mail === undefined);
};

/** What a mail shows on its partner's page that its address did not take. */
export const unreachableBy = async (
  table: Pick<Table, "get">,
  { partnerId, recipient }: OwnerMail,
): Promise<ProblemCode[]> => {
  if (recipient === null) return ["owner.unreachable"];
  return isRecipient(await findIntegration(table, partnerId), recipient) ? ["recipient.unreachable"] : [];
};

/** What is over once this mail went out. */
export const overOnceOut = async (
  table: Pick<Table, "get">,
  { partnerId, recipient }: OwnerMail,
): Promise<ProblemCode[]> => {
  if (recipient === null) return ["mail.not-sent", "owner.unknown", "owner.unreachable"];
  const integration = await findIntegration(table, partnerId);
  if (!integration?.problems.some(({ code }) => code === "recipient.unreachable")) return ["mail.not-sent"];
  const others = integration.notifications.recipients.filter((one) => !isSameMailbox(one, recipient));
  return [
    "mail.not-sent",
    ...((await areReached(table, partnerId, others)) ? (["recipient.unreachable"] as const) : []),
  ];
};
