import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { startLocalSystem } from "#test/system/local-system";
import { launchBrowser, openPage } from "./browser.ts";
import { button, link } from "./locators.ts";

// npm run screenshots: goes a partner's whole way in the running system's own pages, and takes the guide's pictures
const folder = path.resolve(import.meta.dirname, "../../docs/pictures");
mkdirSync(folder, { recursive: true });

const organization = "Harbourline IT Services";
const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { name }).first().waitFor();

const picture = async (page: Page, name: string): Promise<void> => {
  // from the top, without the mark of where the keyboard is: a click beside everything takes it away
  await page.mouse.click(2, 450);
  await page.evaluate("window.scrollTo(0, 0)");
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: "disabled" });
  process.stdout.write(`${name}\n`);
};

const system = await startLocalSystem({ sample: true });
const browser = await launchBrowser();
try {
  const startedAt = performance.now();
  const { page: hub } = await openPage(browser, system.endpoints.hubUi);
  await hub.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  hub.context().setDefaultTimeout(30_000);
  await link(hub, "Set up Gradient").click();
  await button(hub, "Start integration").click();
  await heading(hub, "Get your key in Gradient");
  await picture(hub, "1-sign-up");

  const gradient = await hub.context().newPage();
  await gradient.goto(system.endpoints.gradient);
  await heading(gradient, "Organizations");
  await picture(gradient, "2-gradient-organizations");
  await link(gradient, `Connect ${organization}`).click();
  await button(gradient, "Connect and generate a key").click();
  const key = await gradient.getByLabel("Key", { exact: true }).inputValue();
  await hub.getByLabel("Your Gradient key").fill(key);
  await button(hub, "Check and save the key").click();
  await button(hub, "Confirm the agreement").waitFor();
  await picture(hub, "3-agreement");
  await button(hub, "Confirm the agreement").click();
  await heading(hub, "Map customers and services");

  const mailbox = await hub.context().newPage();
  await mailbox.goto(system.endpoints.mailbox);
  await mailbox.frameLocator(".mail-frame").getByRole("heading").first().waitFor();
  await picture(mailbox, "4-owner-mail");

  await hub.getByText("29 of 37 customers mapped").waitFor();
  await picture(hub, "5-map-in-hub");
  await gradient.getByText(/of (3[7-9]|4\d) mapped/).waitFor();
  await picture(gradient, "6-map-accounts");
  await button(gradient, "Map the 3 clear ones").click();
  await gradient.getByText("32 accounts of 37 mapped").waitFor();
  await button(gradient, "Exclude NORTHGATE LOGISTICS").click();
  await gradient.getByText("1 excluded").waitFor();
  await link(gradient, "Go on to service mapping").click();
  await button(gradient, "Map all 4").click();
  await gradient.getByText("4 services of 4 mapped").waitFor();
  await link(gradient, "Go on to the review").click();
  await button(gradient, "Finish").waitFor();
  await picture(gradient, "7-review");
  await button(gradient, "Finish").click();

  await button(hub, "Check now").click();
  await hub.getByText("Next is open: Approve usage.").waitFor();
  await button(hub, /^Next$/).click();
  await heading(hub, "Approve usage");
  await hub.getByText("The last run went through").waitFor();
  await hub.locator("button:not([aria-disabled])", { hasText: "Send usage" }).waitFor();
  await picture(hub, "8-approve-usage");
  await button(gradient, /^Approve /)
    .first()
    .waitFor();
  await picture(gradient, "9-synthesize");
  await button(gradient, /^Approve (?!all)/)
    .first()
    .click();
  await gradient.getByText(/^Approved: /).waitFor();
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(`From the first page to an approved card: ${seconds} s.\n`);
} finally {
  await browser.close();
  await system.stop();
}
