import { describe, expect, it } from "vitest";
import { composeMail } from "#shared/mail/letters/compose-mail";
import type { MailFacts, MailKind } from "#shared/mail/mail-facts";
import { mailSamples, sampleContext, sampleRun } from "../../../operations/mail-samples.ts";

const sources = { agreementTitle: "Sharing usage with Gradient", run: sampleRun };
const written = (facts: MailFacts, context = sampleContext, further: MailFacts[] = []) => {
  const mail = composeMail(facts, context, { ...sources, further: { causes: further, count: further.length } });
  if (!mail) throw new Error("There is no such mail.");
  return { ...mail, flat: mail.text.replace(/\s+/g, " ") };
};
const samples = Object.values(mailSamples);

/** What each kind has to say: its subject, and facts that nobody may have to look for. */
const sayings: Record<MailKind, [subject: string, ...facts: string[]]> = {
  "agreement-confirmed": ["Billing agreement for Gradient confirmed: Harbourline IT", "Dana Reyes", "198.51.100.7"],
  "token-rejected": [
    "Usage is not being sent to Gradient: new key needed for Harbourline IT",
    "25 November 2026, 09:15 UTC (10:15 in Europe/Prague)",
    "suspended: no usage is sent to Gradient",
  ],
  "back-to-normal": ["Usage is being sent to Gradient again: Harbourline IT", "There is nothing for you to do"],
  "token-replaced": [
    "The key for Gradient was replaced: Harbourline IT",
    "Dana Reyes has put another key in place",
    "New key ends in: 9f3c",
    "it was Harbourline IT, and is Harbourline IT (new) now",
    "The agreement is asked for again",
  ],
  disconnected: [
    "Gradient was disconnected: Harbourline IT",
    "Dana Reyes has disconnected Harbourline IT from Gradient",
    "From address: 198.51.100.7",
    "The history of what was sent stays in the hub",
    "The schedule, the recipients of results and what was left out come back",
  ],
  "disconnected-in-gradient": [
    "The integration was disconnected in Gradient: Harbourline IT",
    "is not connected any more in the organization Harbourline IT",
  ],
  "mapping-digest": [
    "To be mapped in Gradient: Harbourline IT",
    "4 customers",
    "Alder & Finch Solicitors (120 units not billed)",
    "www. pay-here. example (1 unit not billed)",
    "and 1 more",
    "1 service",
    "DNS filtering (90 units not billed)",
    "they are not billed",
  ],
  "token-aged": [
    "The key for Gradient is 189 days old: Harbourline IT",
    "older than 180 days",
    "It works, and usage is sent as before",
  ],
  "run-result": [
    "Some usage did not reach Gradient: Harbourline IT",
    "Accepted by Gradient: 97",
    "Left over: 1",
    "Alder & Finch Solicitors, DNS Filtering, 17 units: Gradient refused this number.",
    "What Gradient refused needs a look",
    "You are told again when other lines fail",
  ],
  "run-missed": [
    "A run for Gradient is late: Harbourline IT",
    "Was due: 25 November 2026, 01:00 UTC",
    "Nothing is lost",
  ],
  "recipients-changed": [
    "Who hears of results has changed: Harbourline IT",
    "Added: billing@msp.example",
    "Taken out: nobody",
  ],
  "agreement-renewal": [
    "The agreement for Gradient has a new version: Harbourline IT",
    "New version: 2027-01-01",
    "To be confirmed until: 31 January 2027, 00:00 UTC",
    "Until the date below everything goes on as before",
  ],
};

describe.each(samples)("the mail $kind", (facts) => {
  it("says what it is about", () => {
    const { subject, flat } = written(facts);
    const [expected, ...words] = sayings[facts.kind];

    expect(subject).toBe(expected);
    for (const word of words) expect(flat.toLowerCase()).toContain(word.toLowerCase());
  });

  it("needs nothing from elsewhere, and says the same in both forms", () => {
    const { html, flat, text } = written(facts, sampleContext, [facts]);

    expect(html).not.toMatch(/<img|<script|<link|src=|url\(|@import/i);
    const words = html
      .replace(/<title>.*?<\/title>|<h1.*?<\/h1>|<[^>]+>/gs, "\n")
      .replace(/&#39;/g, "'")
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&amp;/g, "&")
      .split("\n")
      .filter((line) => line.trim() !== "");
    for (const line of words) expect(flat).toContain(line.replace(/\s+/g, " ").trim());
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(78);
    expect(flat).toContain("Since then");
  });

  it.each([
    ["markup", "<script>alert(1)</script>"],
    ["a header", "A\r\nBcc: someone@evil.example"],
    ["a link", "Pay at https://evil.example/pay now, or evil.example"],
    ["500 characters", "Žluťoučký kůň 🐎".repeat(34)],
    ["what is no character", "a\ud800b\ufffe\u202ec"],
  ])("bears a name with %s", (_, name) => {
    const context = { ...sampleContext, ownerName: name, partnerName: name };
    const { subject, html, text } = written(facts, context);

    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toContain("<script>alert");
    expect(text).not.toMatch(/^Bcc/m);
    for (const form of [subject, html, text]) {
      expect(form).not.toMatch(/evil\.example|https?:\/\/evil/);
      expect(form.isWellFormed()).toBe(true);
      expect(form).not.toMatch(/[\ufffe\u202e]/);
    }
    expect(Array.from(subject).length).toBeLessThanOrEqual(200);
  });
});

it("a mail about the agreement that is overdue says that nothing is sent", () => {
  const facts = { ...mailSamples["agreement-renewal"], isOver: true };

  expect(written(facts).subject).toMatch(/^Usage is not being sent to Gradient: the agreement is to be confirmed/);
});

it("a mail about a key that is not stored any more says so", () => {
  const { flat } = written({ ...mailSamples["token-rejected"], isMissing: true });

  expect(flat).toContain("is not stored any more");
  expect(flat).not.toContain("no longer accepts");
});

it("a mail about a partner that is seen in Gradient again says nothing of a refused key", () => {
  const facts = { ...mailSamples["back-to-normal"], wasGone: true };
  const { flat, subject } = written(facts, sampleContext, [facts]);

  expect(subject).toBe("Usage is being sent to Gradient again: Harbourline IT");
  expect(flat).toContain("Seemed disconnected since: 25 November 2026, 09:15 UTC");
  expect(flat).toContain("What has lost its mapping meanwhile is shown in the hub");
  expect(flat).not.toMatch(/refused|accept/i);
});

it.each([
  ["succeeded", "Usage was sent to Gradient: Harbourline IT", "Accepted is not approved"],
  ["failed", "Usage did not reach Gradient: Harbourline IT", "The run ended early: Gradient was not working."],
] as const)("a mail about a run that %s", (outcome, subject, words) => {
  const run = { ...sampleRun, outcome, stoppedBy: outcome === "failed" ? "gradient-down" : null };
  const mail = composeMail(mailSamples["run-result"], sampleContext, { ...sources, run });

  expect(mail?.subject).toBe(subject);
  expect(mail?.text.replace(/\s+/g, " ")).toContain(words);
});

it("a mail about a disconnect says what becomes of the counts: they stay, go to zero, or could not", () => {
  const facts = mailSamples.disconnected;
  const going = written({ ...facts, zeroUntil: "2026-12-02T09:15:00.000Z" });
  const left = written({ ...facts, left: 3 });

  expect(written(facts).flat).toContain("Counts in Gradient: stay as they were sent last");
  expect(written(facts).flat).toContain("The key that had been entered is deleted.");
  expect(going.flat).toContain("The key that had been entered is deleted once the zeros have arrived");
  expect(going.flat).toContain("Counts in Gradient: are set to zero");
  expect(going.flat).toContain("that is tried until 2 December 2026, 09:15 UTC (10:15 in Europe/Prague)");
  expect(left.subject).toBe("Some counts in Gradient were not set to zero: Harbourline IT");
  expect(left.flat).toContain("Gradient did not take a zero for 3 lines.");
  // a week after the disconnect, of which a mail told at the time
  expect(written(facts).flat).toContain(" When: 2");
  expect(left.flat).toContain(" Given up: 2");
  expect(left.flat).not.toContain(" When: ");
});

describe("what came since a mail was owed", () => {
  const since = (facts: MailFacts): string => {
    const { flat } = written(facts, sampleContext, [facts]);
    return flat.slice(flat.indexOf("Since then"));
  };
  const { disconnected } = mailSamples;
  const [rejected, renewal] = [mailSamples["token-rejected"], mailSamples["agreement-renewal"]];
  const [confirmed, digest] = [mailSamples["agreement-confirmed"], mailSamples["mapping-digest"]];
  const none = { unmapped: 0, names: [] };

  it.each([
    [
      "counts that were not set to zero",
      { ...disconnected, left: 3 },
      "3 lines could not be set to zero",
      /disconnected by/,
    ],
    ["a key that is not stored any more", { ...rejected, isMissing: true }, "missing since 25 November", /refused/],
    ["a time that is over", { ...renewal, isOver: true }, "was to be confirmed until 31 January 2027", /, to be/],
    ["an unknown address", { ...confirmed, address: "" }, "Dana Reyes, 25 November", /from ,/],
    [
      "a cause without an address",
      { ...disconnected, by: { name: "Dana Reyes", address: "" } },
      "by Dana Reyes",
      /from/,
    ],
    ["gaps of one kind", { ...digest, services: none }, "4 customers not mapped", /service/],
    ["gaps of the other", { ...digest, accounts: none }, "1 service not mapped", /customer/],
  ] as const)("tells %s, and nothing that is not so", (_what, facts, words, never) => {
    expect(since(facts as MailFacts)).toContain(words);
    expect(since(facts as MailFacts)).not.toMatch(never);
  });

  it.each([
    [1, "1 time more"],
    [2, "2 times more"],
  ])("counts what is not listed: %i", (unlisted, words) => {
    const further = { causes: [rejected], count: 1 + unlisted };
    const mail = composeMail(rejected, sampleContext, { ...sources, further });
    expect(mail?.text.replace(/\s+/g, " ")).toContain(`* ${words}, all in`);
  });
});
