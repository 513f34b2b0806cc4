import { recordMailReport } from "#functions/record-mail-report/record-mail-report";
import type { MailReport } from "#shared/mail/mail-report";
import { mailTags } from "#shared/mail/mail-tags";
import { findOwnerMail } from "#shared/mail/owner-mail";
import type { ServiceWorld } from "#test/fakes/service-world";

/** SES reports of a try of the mail; of its last one, unless another is named. */
export const reports = async (
  { table, partnerId, common }: ServiceWorld,
  mailId: string,
  { attempt, ...report }: Pick<MailReport, "type" | "bounceType"> & { attempt?: number },
) => {
  const last = (await findOwnerMail(table, partnerId, mailId))?.attempt ?? 0;
  const tags = mailTags({ partnerId, reference: mailId, attempt: attempt ?? last });
  return recordMailReport(common)({
    ...report,
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
  });
};

/** SES reports that the mail's last try came back. */
export const bounces = (world: ServiceWorld, mailId: string, bounceType = "Permanent") =>
  reports(world, mailId, { type: "Bounce", bounceType });
