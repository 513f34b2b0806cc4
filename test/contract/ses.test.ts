import { inspect } from "node:util";
import { SESClient } from "@aws-sdk/client-ses";
import { afterEach, beforeEach, expect, it } from "vitest";
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
  reference: "org-1001#agreement/2026-11-01",
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
    "Tags.member.1.Name": "reference",
    "Tags.member.1.Value": "org-1001-agreement-2026-11-01",
  });
});

it("names the configuration set where there is one", async () => {
  await sesMailer({ client, from: "billing@hub.example", configurationSet: "owner-mail" }).send(mail);
  expect(new URLSearchParams(server.received[0]?.body).get("ConfigurationSetName")).toBe("owner-mail");
});

it.each([
  ["MessageRejected", "upstream", "mail.refused"],
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

it.each(["MailFromDomainNotVerifiedException", "AccountSendingPausedException", "AccessDenied"])(
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

it("is unavailable when nobody answers", async () => {
  server.respondWith(({ socket }) => socket.resetAndDestroy());
  await expect(sesMailer({ client, from: "a@b.example" }).send(mail)).rejects.toMatchObject({
    code: "mail.unavailable",
  });
});
