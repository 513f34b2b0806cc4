import { expect, it } from "vitest";
import { composeMail } from "#shared/mail/letters/compose-mail";
import type { LetterContext } from "#shared/mail/letters/letter-context";
import type { FactsAbout } from "#shared/mail/mail-facts";

const facts: FactsAbout<"token-rejected"> = { kind: "token-rejected", rejectedAt: "2026-11-02T23:15:30.000Z" };
const context: LetterContext = {
  ownerName: "Jana Nováková",
  ownerEmail: "jana@msp.example",
  partnerName: "Example MSP",
  timeZone: "Europe/Prague",
  links: { hub: "https://hub.example/gradient", gradient: "https://app.usegradient.com/" },
};

const written = (around: Partial<LetterContext> = {}) => {
  const mail = composeMail(facts, { ...context, ...around }, { agreementTitle: "", run: undefined });
  if (!mail) throw new Error("There is no such mail.");
  return mail;
};

it("tells the owner since when nothing is sent, what to do, and that nothing is lost", () => {
  const mail = written();
  expect(mail.subject).toBe("Usage is not being sent to Gradient: new key needed for Example MSP");
  expect(mail.text).toBe(`Hello Jana Nováková,

Gradient no longer accepts the key that Example MSP had entered in the hub.
This happens when somebody generates a new key in Gradient or disconnects the
integration there.

Organization:  Example MSP
Refused since: 2 November 2026, 23:15 UTC (3 November 2026, 00:15 in
               Europe/Prague)
State:         suspended: no usage is sent to Gradient

What to do
----------

  * In Gradient, open the integration and generate a new key. It is shown
    once; copy it.
  * In the hub, open the integration and paste the new key in place of the old
    one.

Generate a key in Gradient:
https://app.usegradient.com/

Paste it in the hub:
https://hub.example/gradient

Nothing is lost
---------------

Your usage is still being counted in the hub. Once the new key is in place,
the current count of every customer and service is sent by itself. Until then
Gradient shows the counts it accepted last, so please do not reconcile on
them. If the integration was disconnected in Gradient, customers and services
have to be mapped there again.
`);
  expect(mail.html).toContain('<a href="https://hub.example/gradient"');
});

it("escapes what others wrote", () => {
  const mail = written({ ownerName: "</h1><b>", partnerName: "A&B\nSubject: x" });
  expect(mail.subject).toBe("Usage is not being sent to Gradient: new key needed for A&B Subject: x");
  expect(mail.html).not.toContain("<b>");
  expect(mail.html).toContain("A&amp;B Subject: x");
});

it("greets whose name is not known without one", () => {
  expect(written({ ownerName: "" }).text).toMatch(/^Hello,\n/);
});
