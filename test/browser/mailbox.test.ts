import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SESClient } from "@aws-sdk/client-ses";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMailbox } from "#local/aws/mailbox";
import { mailboxClient } from "#local/demo/traveller/mailbox-client";
import type { LocalServer } from "#local/http/http-server";
import { composeMail } from "#shared/mail/letters/compose-mail";
import type { MailFacts } from "#shared/mail/mail-facts";
import { sesMailer } from "#shared/mail/ses-mailer";
import { mailSamples, sampleContext, sampleRun } from "../../operations/mail-samples.ts";
import { accessibilityFaults, faultsEverywhere, isTooWide, launchBrowser, openPage } from "./browser.ts";

const folder = mkdtempSync(join(tmpdir(), "mailbox-"));
const links = { hubUi: "http://127.0.0.1:4000", gradient: "http://127.0.0.1:4002" };
let browser: Browser;
let mailbox: LocalServer;
beforeAll(async () => {
  [browser, mailbox] = await Promise.all([
    launchBrowser(),
    startMailbox({ port: 0, file: join(folder, "mailbox.json"), publish: async () => undefined, links: () => links }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await mailbox?.close();
  rmSync(folder, { recursive: true, force: true });
});

const long = "Harbourline".repeat(18);
/** One of each kind, with the longest and the oddest that may stand in it. */
const facts: MailFacts[] = Object.values({
  ...mailSamples,
  "agreement-confirmed": { ...mailSamples["agreement-confirmed"], confirmedByName: `🥖 مخبز ${long}` },
  "token-replaced": { ...mailSamples["token-replaced"], organizationName: long },
  "mapping-digest": {
    ...mailSamples["mapping-digest"],
    accounts: { unmapped: 1_234_567_890, names: [long, "مخبز الأرز"], units: [987_654_321, 1] },
  },
});

const contentOf = (one: MailFacts, partnerName = sampleContext.partnerName) => {
  const context = { ...sampleContext, partnerName };
  const content = composeMail(one, context, { agreementTitle: "Billing agreement", run: sampleRun });
  if (content === undefined) throw new Error(`There is no mail of kind ${one.kind}.`);
  return content;
};

const send = async (one: MailFacts) => {
  const client = new SESClient({
    endpoint: mailbox.url,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const content = contentOf(one);
  const to = { name: "Marta Keller", email: "marta.keller@harbourline.example" };
  const mailer = sesMailer({ client, from: "billing@hub.example" });
  const sent = await mailer.send({ ...content, to, partnerId: "org-1001", reference: one.kind, attempt: 1 });
  client.destroy();
  return { ...content, ...sent };
};

/** The mail that is shown, within its frame. */
const frameOf = (page: Page) => page.frameLocator(".mail-frame");

describe("the mailbox", () => {
  it("shows mails as they come, newest first, as they look, as text and by their headers", async () => {
    const { page, complaints, hosts } = await openPage(browser, mailbox.url);
    await page.getByText("No mail was sent yet.").waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    const first = await send(mailSamples["token-rejected"]);
    await page.getByRole("heading", { level: 2, name: first.subject }).waitFor();
    const second = await send(mailSamples.disconnected);
    await page.getByText("2 mails, newest first.").waitFor();
    const subjects = await page.getByRole("listitem").getByRole("link").locator(".mail-subject").allInnerTexts();
    expect(subjects).toEqual([second.subject, first.subject]);

    await page.getByRole("link", { name: second.subject }).click();
    await frameOf(page).getByRole("heading", { level: 1, name: second.subject }).waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    await page.getByLabel("Text").check();
    await page.getByText("Hello Olga Owner,").waitFor();
    await page.getByLabel("Headers").check();
    const headers = page.getByRole("article").getByRole("definition");
    expect(await headers.allInnerTexts()).toEqual(
      expect.arrayContaining(["marta.keller@harbourline.example", second.messageId]),
    );
    expect(await page.getByRole("link", { name: "To the hub" }).getAttribute("href")).toBe(links.hubUi);
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual(["127.0.0.1"]);
    await page.context().close();
  });

  it("lets a mail run no script, load nothing, and open its links beside", async () => {
    const { messageId } = await send(mailSamples["run-missed"]);
    const response = await fetch(`${mailbox.url}/mails/${messageId}/html`);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(response.headers.get("content-security-policy")).toMatch(/; sandbox allow-popups/);
    expect(await response.text()).toContain('<base target="_blank">');
    const { page } = await openPage(browser, `${mailbox.url}/#/${messageId}`);
    expect(await page.locator(".mail-frame").getAttribute("sandbox")).not.toContain("allow-scripts");
    await page.goto(`${mailbox.url}/#/nothing-like-it`);
    await page.getByText("There is no such mail, or it was cleared.").waitFor();
    expect((await fetch(`${mailbox.url}/mails/nothing/html`)).status).toBe(404);
    await page.context().close();
  });

  it("leaves what programs read at /store as it is", async () => {
    const { subject } = await send(mailSamples["token-rejected"]);
    const [last] = (await mailboxClient(mailbox.url).readMail()).slice(-1);
    expect(last).toMatchObject({
      subject,
      from: "billing@hub.example",
      destination: { to: ["marta.keller@harbourline.example"] },
    });
  });
});

it("shows every mail to an owner narrow and wide, light and dark", async () => {
  const { page } = await openPage(browser, "about:blank");
  const found: string[] = [];
  for (const one of facts) {
    await page.setContent(contentOf(one, long).html);
    for (const [colorScheme, width] of [["dark", 360] as const, ["light", 1280] as const]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const faults = await accessibilityFaults(page);
      if (await isTooWide(page)) faults.push("it scrolls sideways");
      // landmarks are the mail program's own
      const ours = faults.filter((fault) => !/^(region|landmark-one-main):/.test(fault));
      found.push(...ours.map((fault) => `${one.kind}, ${colorScheme}, ${width} px: ${fault}`));
    }
  }
  expect(found).toEqual([]);
  await page.context().close();
});
