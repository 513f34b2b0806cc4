import * as z from "zod";
import { changingRoles } from "#shared/lambda/http/caller";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { mailAddress, mailboxAddress } from "#shared/mail-address";
import { integrationReply } from "#shared/views/integration-reply";

const maxRecipients = 10;

const isEachOnce = (addresses: string[]): boolean => new Set(addresses.map(mailboxAddress)).size === addresses.length;

const notifications = z.strictObject({
  recipients: z
    .array(mailAddress)
    .max(maxRecipients, `There are at most ${maxRecipients} recipients.`)
    .refine(isEachOnce, "An address is named twice."),
  onSuccess: z.boolean(),
});

export const putNotificationsRoute = route({
  method: "PUT",
  path: "/v1/integrations/gradient/notifications",
  callers: changingRoles,
  request: z.object({ body: notifications }),
});

export const putNotificationsDocs = () =>
  docs({
    id: "putNotifications",
    tag: "Integration",
    summary: "Say who hears of results beside the owner",
    description:
      "Of runs that failed or went in part, and of good ones with `onSuccess`. The owner is told of a new recipient.",
    example: { recipients: ["billing@example.com"], onSuccess: false },
    replies: { 200: { description: "The recipients are kept", body: integrationReply } },
    problems: { 409: ["integration.wrong-step"] },
  });

export type PutNotificationsReply = ReplyOf<typeof putNotificationsDocs>;
