import type { IncomingMessage, RequestListener } from "node:http";
import type { BusEvent } from "../bus-event.ts";

/** What SES would report of a mail, by the address that it goes to: so that each fate can be seen by hand. */
const fates: Record<string, string[]> = {
  bounce: ["Send", "Bounce"],
  "soft-bounce": ["Send", "SoftBounce"],
  complaint: ["Send", "Delivery", "Complaint"],
};
const usualFate = ["Send", "Delivery"];

const details: Record<string, { detailType: string; more: Record<string, unknown> }> = {
  Send: { detailType: "Email Sent", more: {} },
  Delivery: { detailType: "Email Delivered", more: {} },
  Bounce: {
    detailType: "Email Bounced",
    more: { bounce: { bounceType: "Permanent", bounceSubType: "General" } },
  },
  SoftBounce: {
    detailType: "Email Bounced",
    more: { bounce: { bounceType: "Transient", bounceSubType: "MailboxFull" } },
  },
  Complaint: { detailType: "Email Complaint Received", more: {} },
};

/** SES's events of the mail that this form sends; none for another call. */
export const reportsOf = (form: URLSearchParams): BusEvent[] => {
  if (form.get("Action") !== "SendEmail") return [];
  const tags: Record<string, string[]> = {};
  for (let number = 1; form.has(`Tags.member.${number}.Name`); number += 1) {
    tags[form.get(`Tags.member.${number}.Name`) ?? ""] = [form.get(`Tags.member.${number}.Value`) ?? ""];
  }
  tags["ses:configuration-set"] = [form.get("ConfigurationSetName") ?? ""];
  const [local = ""] = (form.get("Destination.ToAddresses.member.1") ?? "").split("@");
  return (fates[local] ?? usualFate).flatMap((fate) => {
    const known = details[fate];
    return known
      ? [{ source: "aws.ses", "detail-type": known.detailType, detail: { mail: { tags }, ...known.more } }]
      : [];
  });
};

/** The request's bytes, beside whoever reads them: taken as they come in. */
const tapped = (request: IncomingMessage): Buffer[] => {
  const chunks: Buffer[] = [];
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    return push(chunk, encoding);
  };
  return chunks;
};

/** Listens beside the mailbox, and reports of every mail that it took. */
export const reporting =
  (publish: (event: BusEvent) => Promise<void>): RequestListener =>
  (request, response) => {
    if (request.method !== "POST") return;
    const chunks = tapped(request);
    response.once("finish", () => {
      if (response.statusCode !== 200) return;
      const form = new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
      // as SES does it: a report that is lost is lost
      for (const event of reportsOf(form)) void publish(event).catch(() => undefined);
    });
  };
