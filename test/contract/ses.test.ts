import { inspect } from "node:util";
import { SESClient } from "@aws-sdk/client-ses";
import { afterEach, beforeEach, expect, it } from "vitest";
import { mailOfTags, mailTags } from "#shared/mail/mail-tags";
import { sesMailer } from "#shared/mail/ses-mailer";
import { type LoopbackServer, type Responder, startLoopbackServer } from "./loopback-server.ts";

let server: LoopbackServer;
let client: SESClient;

const xml =
  (status: number, body: string): Responder =>
  (_, response) => {
    response.writeHead(status, { "content-type": "text/xml" }).end(body);
  };
const accepted = xml(
  200,
  "<SendEmailResponse><SendEmailResult><MessageId>0107-canary</MessageId></SendEmailResult></SendEmailResponse>",
);
const refused = (code: string) =>
  xml(
    400,
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no: jana@msp.example</Message></Error></ErrorResponse>`,
  );

beforeEach(async () => {
  server = await startLoopbackServer(accepted);
  client = new SESClient({
    endpoint: server.url,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

const mail = {
  to: { name: 'Jana "J" Nováková\r\nBcc: evil@example.org', email: "jana@msp.example" },
  subject: "Smlouva – potvrzena",
  html: "<p>Žlutá</p>",
  text: "Žlutá",
  partnerId: "org-1001~å",
  reference: "agreement/2026-11-01",
  attempt: 2,
};

it("sends both forms in UTF-8 to the bare address, with a tag to find it by", async () => {
  const mailer = sesMailer({ client, from: "Hub <billing@hub.example>" });

  expect(await mailer.send(mail)).toEqual({ messageId: "0107-canary" });

  expect(Object.fromEntries(new URLSearchParams(server.received[0]?.body))).toEqual({
    Action: "SendEmail",
    Version: "2010-12-01",
    Source: "Hub <billing@hub.example>",
    "Destination.ToAddresses.member.1": "jana@msp.example",
    "Message.Subject.Data": "Smlouva – potvrzena",
    "Message.Subject.Charset": "UTF-8",
    "Message.Body.Html.Data": "<p>Žlutá</p>",
    "Message.Body.Html.Charset": "UTF-8",
    "Message.Body.Text.Data": "Žlutá",
    "Message.Body.Text.Charset": "UTF-8",
    "Tags.member.1.Name": "partner",
    "Tags.member.1.Value": "b3JnLTEwMDF-w6U",
    "Tags.member.2.Name": "mail",
    "Tags.member.2.Value": "YWdyZWVtZW50LzIwMjYtMTEtMDE",
    "Tags.member.3.Name": "attempt",
    "Tags.member.3.Value": "2",
  });
});

it("names the configuration set where there is one", async () => {
  await sesMailer({ client, from: "billing@hub.example", configurationSet: "owner-mail" }).send(mail);
  expect(new URLSearchParams(server.received[0]?.body).get("ConfigurationSetName")).toBe("owner-mail");
});

it.each([
  ["InvalidParameterValue", "upstream", "mail.refused"],
  ["Throttling", "unavailable", "mail.unavailable"],
  ["ServiceUnavailable", "unavailable", "mail.unavailable"],
])("a %s is thrown as %s %s, without the recipient's address", async (code, kind, appCode) => {
  server.respondWith(refused(code));
  const error = await sesMailer({ client, from: "a@b.example" })
    .send(mail)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind, code: appCode });
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("jana@");
});

it.each(["MessageRejected", "MailFromDomainNotVerifiedException", "AccountSendingPausedException", "AccessDenied"])(
  "a %s is a fault, without the recipient's address",
  async (code) => {
    server.respondWith(refused(code));
    const error = await sesMailer({ client, from: "a@b.example" })
      .send(mail)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "InfrastructureFault", message: `The mail service refused a call: ${code}` });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("jana@");
  },
);

it("asks once, and gives up after its time: a mail that SES may have taken is nobody's to repeat in silence", async () => {
  server.respondWith(() => undefined);
  await expect(sesMailer({ client, from: "a@b.example", timeoutMs: 100 }).send(mail)).rejects.toMatchObject({
    kind: "unavailable",
    code: "mail.unavailable",
  });
  expect(server.received).toHaveLength(1);
});

it("is found again by the tags that it went out with", () => {
  const tags = Object.fromEntries(Object.entries(mailTags(mail)).map(([name, value]) => [name, [value]]));
  const { partnerId, reference, attempt } = mail;
  expect(mailOfTags({ ...tags, "ses:from-domain": ["hub.example"] })).toEqual({ partnerId, reference, attempt });
  expect(mailOfTags({ "ses:from-domain": ["hub.example"] })).toBeUndefined();
  expect(mailTags({ ...mail, partnerId: "å".repeat(128) })).toEqual({});
});

it("is unavailable when nobody answers", async () => {
  server.respondWith(({ socket }) => socket.resetAndDestroy());
  await expect(sesMailer({ client, from: "a@b.example" }).send(mail)).rejects.toMatchObject({
    code: "mail.unavailable",
  });
});
