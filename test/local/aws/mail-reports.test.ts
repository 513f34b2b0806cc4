import { expect, it } from "vitest";
import { reportsOf } from "#local/aws/mail-reports";

const sent = (to: string, more: Record<string, string> = {}) =>
  reportsOf(
    new URLSearchParams({
      Action: "SendEmail",
      "Destination.ToAddresses.member.1": to,
      ConfigurationSetName: "owner-mail",
      "Tags.member.1.Name": "mail",
      "Tags.member.1.Value": "mail-1",
      ...more,
    }),
  );

it.each([
  ["olga@msp.example", ["Email Sent", "Email Delivered"]],
  ["bounce@msp.example", ["Email Sent", "Email Bounced"]],
  ["soft-bounce@msp.example", ["Email Sent", "Email Bounced"]],
  ["complaint@msp.example", ["Email Sent", "Email Delivered", "Email Complaint Received"]],
])("a mail to %s is reported as %j", (to, expected) => {
  const reports = sent(to);

  expect(reports.map((report) => report["detail-type"])).toEqual(expected);
  for (const { detail } of reports) {
    expect(detail).toMatchObject({ mail: { tags: { mail: ["mail-1"], "ses:configuration-set": ["owner-mail"] } } });
  }
});

it("a bounce is hard or soft by the address that it came from", () => {
  const bounces = ["bounce", "soft-bounce"].map((local) => sent(`${local}@msp.example`)[1]?.detail);

  expect(bounces).toMatchObject([{ bounce: { bounceType: "Permanent" } }, { bounce: { bounceType: "Transient" } }]);
});

it("no other call is reported of", () => {
  expect(sent("olga@msp.example", { Action: "GetSendQuota" })).toEqual([]);
});
