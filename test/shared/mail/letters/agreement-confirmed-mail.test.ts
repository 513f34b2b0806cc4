import { describe, expect, it } from "vitest";
import { composeMail } from "#shared/mail/letters/compose-mail";
import type { LetterContext } from "#shared/mail/letters/letter-context";
import type { FactsAbout } from "#shared/mail/mail-facts";

const facts: FactsAbout<"agreement-confirmed"> = {
  kind: "agreement-confirmed",
  confirmedByName: "Petr Svoboda",
  confirmedByEmail: "petr@msp.example",
  confirmedAt: "2026-11-02T09:15:30.000Z",
  address: "203.0.113.7",
  version: "2026-11-01",
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
};
const context: LetterContext = {
  ownerName: "Jana Nováková",
  ownerEmail: "jana@msp.example",
  partnerName: "Example MSP",
  timeZone: "Europe/Prague",
  links: { hub: "https://hub.example/gradient?a=1&b=2", gradient: "https://app.usegradient.com/" },
};
const letter = (
  change: Partial<typeof facts> = {},
  around: Partial<LetterContext> = {},
  agreementTitle = "Sending usage to Gradient",
) => {
  const mail = composeMail({ ...facts, ...change }, { ...context, ...around }, { agreementTitle, run: undefined });
  if (!mail) throw new Error("There is no such mail.");
  return mail;
};

const text = `Hello Jana Nováková,

Petr Svoboda (petr@msp.example) has confirmed the agreement that lets us send
the usage of Example MSP to Gradient. You are told as the owner of the
organization; nothing is asked of you if that is right.

Organization:        Example MSP
Confirmed by:        Petr Svoboda (petr@msp.example)
When:                2 November 2026, 09:15 UTC (10:15 in Europe/Prague)
From address:        203.0.113.7
Agreement:           Sending usage to Gradient, version 2026-11-01
SHA-256 of its text: 9f86d081884c…

What is shared with Gradient
----------------------------

  * the names of your customers and the hub's own id of each
  * the names of the services you resell, with their description and category
  * per customer and service, how many units are in use (seats, connectors and
    the like)

Beyond the status of the connection nothing else is sent: no people, no e-mail
addresses, no prices.

What happens now
----------------

The names appear in Gradient by themselves. Map your customers and services
there to those of your PSA: as soon as one of each is mapped, their usage is
sent, and from then on regularly.

Map customers and services in Gradient:
https://app.usegradient.com/

If you do not agree
-------------------

Disconnect the integration on its page in the hub. From then on nothing is
sent, and the key that you had entered is deleted. What was sent before stays
in Gradient.

Open the integration in the hub:
https://hub.example/gradient?a=1&b=2
`;

describe("the mail about a confirmed agreement", () => {
  it("tells the owner who agreed to what, when and from where, what follows and how to revoke it", () => {
    const mail = letter();
    expect(mail.subject).toBe("Billing agreement for Gradient confirmed: Example MSP");
    expect(mail.text).toBe(text);
  });

  it("says You to an owner who has confirmed, however the address is spelled, and names nobody else", () => {
    const mail = letter({ confirmedByName: "Jana Nováková", confirmedByEmail: " Jana@MSP.example" });
    expect(mail.text.replace(/\s+/g, " ")).toContain(
      "You confirmed the agreement that lets us send the usage of Example MSP",
    );
    expect(mail.text).not.toMatch(/Confirmed by|told as the owner/);
    expect(mail.text.length).toBeLessThan(letter().text.length);
  });

  it("leaves out what is not known any more", () => {
    const again = letter({ confirmedByEmail: "", address: "" }).text;
    expect(again).toContain("Petr Svoboda has confirmed the agreement");
    expect(again).toMatch(/Confirmed by: +Petr Svoboda\n/);
    expect(again).not.toContain("From address");
  });

  it("says the same in HTML", () => {
    const { html } = letter();
    const words = html
      .replace(/<style[\s\S]*?<\/style>|<title>.*?<\/title>|<[^>]+>/g, "\n")
      .replace(/&#39;/g, "'")
      .split("\n")
      .filter((line) => line.trim() !== "");
    const flat = text.replace(/\s+/g, " ");
    // labels end in a colon in the text only; the heading of the page is the subject of the mail
    for (const line of words.slice(1)) expect(flat).toContain(line);
    expect(html).toContain('href="https://hub.example/gradient?a=1&amp;b=2"');
  });

  it("lets no name become markup, a header or a line of its own", () => {
    const name = "<img src=x onerror=1>\r\nBcc: evil@example.org\u2028\u202e&\"'";
    const mail = letter(
      { confirmedByName: name, confirmedByEmail: name, address: name, version: name, sha256: name },
      { ownerName: name, partnerName: name },
      name,
    );
    expect(mail.subject).toBe(
      `Billing agreement for Gradient confirmed: <img src=x onerror=1> Bcc: evil @ example. org &"'`,
    );
    expect(mail.html).not.toContain("<img");
    expect(mail.html).toContain("&lt;img src=x onerror=1&gt; Bcc: evil @ example. org &amp;&quot;&#39;");
    expect(mail.text).not.toMatch(/^Bcc/m);
    expect(`${mail.html}${mail.text}`).not.toMatch(/[\r\u2028\u202e]/);
  });

  it("keeps a name of any length from filling the mail, and lines within 78 columns", () => {
    const mail = letter({}, { partnerName: "Žluťoučký kůň 🐎 ".repeat(500) });
    expect(mail.subject.length).toBeLessThan(260);
    expect(mail.text.length).toBeLessThan(4_000);
    for (const line of mail.text.split("\n")) expect(line.length).toBeLessThanOrEqual(78);
    expect(mail.text.isWellFormed()).toBe(true);
  });

  it("needs nothing from elsewhere and sets no colour that a dark background would swallow", () => {
    const { html } = letter();
    expect(html).not.toMatch(/<(img|link|script|iframe|table)|url\(|@import/);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html.match(/(?<!-)(background|color):[^;"]+/g)).toEqual(["color:inherit", "color:inherit"]);
  });
});
