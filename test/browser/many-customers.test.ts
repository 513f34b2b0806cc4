import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectPartner } from "#test/system/hub-session";
import { type RunningSystem, startLocalSystem } from "#test/system/local-system";
import { faultsEverywhere, launchBrowser, openPage } from "./browser.ts";
import { button, untilFocused } from "./hub-page.ts";
import { feedLargePartner } from "./large-partner.ts";

let browser: Browser;
let system: RunningSystem;
let page: Page;
beforeAll(async () => {
  [browser, system] = await Promise.all([launchBrowser(), startLocalSystem({ sample: true })]);
  await feedLargePartner(system, "org-1001", 2_000);
  await connectPartner(system, "org-1001", { limitMs: 60_000 });
  ({ page } = await openPage(browser, `${system.endpoints.hubUi}/#/connect`));
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

// 37 of the sample are billed
describe("a partner with 2,037 customers", () => {
  it("sees its largest gaps first, finds all others, and leaves some out", async () => {
    await page.getByText("0 of 2,037 customers mapped").waitFor({ timeout: 60_000 });
    await page.getByText("Those with the most units stand here.").first().waitFor();
    await page.getByRole("checkbox").first().check();
    await button(page, "Show all 2,037 customers").click();
    await untilFocused(page, /^H4 2,037 customers/);
    const shown = async () => Number((await page.getByText(/^\d+ customers so far$/).textContent())?.split(" ")[0]);
    const before = await shown();
    await button(page, "Show more").first().click();
    await expect.poll(shown).toBeGreaterThan(before);
    await button(page, "Leave out 1 customer…").click();
    await page.getByLabel("Why?").fill("Not ours any more");
    await button(page, "Leave out").click();
    await page.getByText("0 of 2,036 customers mapped").waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
  });

  it("finds one line among more than 8,000", async () => {
    await page.goto(`${system.endpoints.hubUi}/#/usage`);
    await page.getByText(/^8,\d{3} lines$/).waitFor({ timeout: 60_000 });
    await page.getByLabel("Customer or service").fill("Customer 1234 of many");
    await page.getByText(/^4 lines of 8,\d{3}$/).waitFor();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.getByText(/^8,\d{3} lines$/).waitFor();
    // what is out of sight is not there, and comes when it is scrolled to
    expect(await page.getByRole("row").count()).toBeLessThan(100);
    await page.locator("h2").first().click();
    await page.keyboard.press("End");
    await page.getByRole("row").filter({ hasText: "Customer 999 of many" }).first().waitFor();
  });
});
