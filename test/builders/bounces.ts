import { recordMailReport } from "#functions/record-mail-report/record-mail-report";
import { mailTags } from "#shared/mail/mail-tags";
import { findOwnerMail } from "#shared/mail/owner-mail";
import type { ServiceWorld } from "#test/fakes/service-world";

/** SES reports that the mail's last try came back. */
export const bounces = async (world: ServiceWorld, mailId: string, bounceType = "Permanent") => {
  const { attempt = 0 } = (await findOwnerMail(world.table, world.partnerId, mailId)) ?? {};
  const tags = mailTags({ partnerId: world.partnerId, reference: mailId, attempt });
  return recordMailReport(world.common)({
    type: "Bounce",
    bounceType,
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
  });
};
