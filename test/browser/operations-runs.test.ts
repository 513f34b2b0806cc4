import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { expectedCounts } from "#local/sample/sample";
import { bodyOf, untilOver, untilState } from "#test/system/hub-session";
import { type RunningSystem, startLocalSystem } from "#test/system/local-system";
import { faultsEverywhere, launchBrowser, openPage } from "./browser.ts";
import { button, signInAs, untilFocused } from "./hub-page.ts";
import { tabTo } from "./keyboard.ts";
import { oddNames, operatedPartner, partnerId } from "./operated-partner.ts";

let browser: Browser;
let system: RunningSystem;
let partner: Awaited<ReturnType<typeof operatedPartner>>;
let page: Page;
beforeAll(async () => {
  [browser, system] = await Promise.all([launchBrowser(), startLocalSystem({ sample: true })]);
  ({ page } = await openPage(browser, system.endpoints.hubUi));
  partner = await operatedPartner(system);
  // whose key Gradient takes meanwhile: alone, nobody could say whether the hub's own key is refused
  await signInAs(page, "org-2001-owner", "/");
  await page.getByText("Connected").waitFor({ timeout: 45_000 });
  await signInAs(page, "org-1001-owner", "/overview");
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const show = (address: string) => page.goto(`${system.endpoints.hubUi}/#${address}`);
// long enough to be seen under way on a busy machine
const slowMs = 4000;
const slowness = (delayMs: number) =>
  fetch(`${system.endpoints.gradient}/_faults`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ delayMs }),
  });
const token = z.object({ partnerToken: z.string() });
const newKey = async () => token.parse(await partner.post(`${partner.at}/keys`, {})).partnerToken;
const sendEverything = () => partner.session("POST /v1/integrations/gradient/exports", { body: { mode: "full" } });
const freeButton = (at: Page, name: string) => at.locator("button:not([aria-disabled])", { hasText: name });

// the steps of one partner's life after the wizard: each builds on the one before
describe("a partner that is connected", () => {
  it("starts a run once, however often Enter is pressed, and reads its receipts; with the keyboard alone", async () => {
    const started: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && request.url().endsWith("/exports")) started.push(request.url());
    });
    await tabTo(page, button(page, "Send usage"));
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /^Run of/ }).waitFor();
    await page.getByText("Sent by you").waitFor();
    await button(page, "Send only what was left over").waitFor();
    expect(started).toHaveLength(1);

    await tabTo(page, button(page, "Not mapped 2"));
    await page.keyboard.press("Enter");
    await page.getByText("2 lines in all").waitFor();
    await page.getByText("Map the customer and the service in Gradient").first().waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
  });

  it("sends only what was left over", async () => {
    await button(page, "Send only what was left over").click();
    await page.getByText("Only what another run left over").waitFor();
    await page.getByText("2 lines not mapped").waitFor();
  });

  it("is told of a run that gets nowhere, since when, and what happens then", async () => {
    const startedAt = new Date(Date.now() - 600_000).toISOString();
    await page.route(/\/gradient\/exports\/[^/]+$/, async (route) => {
      const response = await route.fetch();
      const stuck = { state: "sending", outcome: null, settled: 0, startedAt, finishedAt: null };
      await route.fulfill({ response, json: { ...(await response.json()), ...stuck } });
    });
    await page.reload();
    await page.getByText(/^No progress since/).waitFor();
    await page.getByText(/taken up again within minutes: nothing is lost/).waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    await page.unrouteAll({ behavior: "wait" });
  });

  it("sees how far a slow Gradient is, after a reload, too, and no second run in another tab; and cancels", async () => {
    const { page: other } = await openPage(browser, `${system.endpoints.hubUi}/#/history`);
    await other.getByText("Send everything again").click();
    await freeButton(other, "Send everything").waitFor();
    // the other tab does not hear of what this one does
    await other.route("**/v1/integrations/gradient", (route) => route.abort());
    await show("/connect/3");
    await freeButton(page, "Send usage").waitFor();
    await slowness(slowMs);
    const { id } = bodyOf(await sendEverything());
    await page.getByText(/^\d+ of \d+ lines$/).waitFor();
    await button(other, "Send everything").click();
    await page.reload();
    await page.getByRole("progressbar").waitFor();
    expect(await button(page, "Send usage").getAttribute("aria-disabled")).toBe("true");
    expect(await faultsEverywhere(page)).toEqual([]);
    await button(page, "Cancel this run").focus();
    await page.keyboard.press("Enter");
    // the calls under way are waited for, each of them slow
    expect(await untilOver(partner.session, id, 60_000)).toMatchObject({ state: "cancelled" });
    await slowness(0);
    // the button that was pressed is gone
    await untilFocused(page, "H3 Your counts go to Gradient");
    // what the other tab asked for is kept, and may be sent within the minute: that run would be the last one then
    await freeButton(page, "Send usage").waitFor();
    await other.getByText("Usage is being sent already").waitFor();
    await other.getByRole("link", { name: "Show the run that is under way" }).click();
    // each line has its receipt, whatever had become of it by then
    await other.getByText("It was cancelled before its last line.").waitFor();
    await button(other, "Download as CSV").waitFor();
    await other.getByText(`${expectedCounts().length + oddNames.length} lines in all`).waitFor();
    await other.context().close();
  });

  it("hears that Gradient refuses the key, what to do, and who may", async () => {
    await newKey();
    await sendEverything();
    await untilState(partner.session, "suspended");
    await page.getByText(/^Gradient refuses your key, since/).waitFor();
    await page.getByRole("link", { name: /Step 1/ }).click();
    await page.getByRole("heading", { name: "Register a new key" }).waitFor();
    await page.getByText(/Gradient refuses the key$/).waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);

    await show("/history");
    await page.getByRole("rowheader").getByRole("link").first().click();
    await page.getByText(/so it stopped/).waitFor();
    await page.getByRole("link", { name: "the key is replaced" }).waitFor();
    expect(await button(page, "Send only what was left over").count()).toBe(0);

    await signInAs(page, "org-1001-billing_admin", "/connect/1");
    await page.getByText(/^Gradient refuses your key, since/).waitFor();
    expect(await page.getByRole("link", { name: "Replace the key" }).count()).toBe(0);
    expect(await page.getByLabel("Your Gradient key").count()).toBe(0);
  });

  it("goes on with the next key, and asks before one of another organization", async () => {
    await signInAs(page, "org-1001-owner", "/overview");
    await page.getByRole("link", { name: "Replace the key" }).click();
    await page.getByText("Refused by Gradient").waitFor();
    const field = page.getByLabel("Your Gradient key");
    await field.fill(` "${await newKey()}" `);
    await button(page, "Replace the key").click();
    await page.getByText("Gradient has accepted the new key.").waitFor();
    await page.getByText(/Valid$/).waitFor();

    const other = z
      .object({ organizationId: z.string() })
      .parse(await partner.post(partner.at.replace(/\/[^/]+$/, ""), { name: "Another organization" }));
    const { partnerToken } = token.parse(
      await partner.post(partner.at.replace(/[^/]+$/, `${other.organizationId}/keys`), {}),
    );
    await field.fill(partnerToken);
    await button(page, "Replace the key").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Another organization").first().waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    // a dialog that is closed is still there for a moment, and names it, too
    await page.locator("dl").getByText(`Organization of ${partnerId}`).waitFor();
  });

  it("is told before what disconnecting does, and has the counts set to zero first where that is wanted", async () => {
    await slowness(slowMs);
    await show("/settings/disconnect");
    await button(page, "Disconnect Gradient…").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/^Gradient holds [\d,]+ units of/).waitFor();
    expect(await dialog.getByRole("radio", { name: /They stay as they are/ }).isChecked()).toBe(true);
    await dialog.getByText("the key that connects the hub with Gradient").waitFor();
    await page.getByRole("radio", { name: /set to zero first/ }).check();
    expect(await faultsEverywhere(page)).toEqual([]);
    expect(await button(page, "Disconnect").getAttribute("aria-disabled")).toBe("true");
    await page.getByLabel("Type disconnect to go on").fill("disconnect");
    await page.keyboard.press("Enter");
    await page.getByText("There is nothing to set until Gradient is connected").waitFor();
    // the button that was pressed is gone, and so is the dialog
    await untilFocused(page, "H2 Settings");
    for (const address of ["settings", "overview", "connect"]) {
      await show(`/${address}`);
      await page.getByText(/^Your counts in Gradient are being set to zero: \d+ lines? left$/).waitFor();
    }
    await page.getByRole("heading", { name: "Gradient is disconnected" }).waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    await show("/audit");
    await page.getByText("Counts in Gradient: set to zero").waitFor();
    await slowness(0);
  });

  it("begins anew, for a reload and another tab, too", async () => {
    await show("/connect");
    await button(page, "Start integration").click();
    await untilFocused(page, "H3 Get your key in Gradient");
    await page.reload();
    await page.getByRole("heading", { name: "Get your key in Gradient" }).waitFor();
    await page.getByLabel("Your Gradient key").fill(await newKey());
    await page.keyboard.press("Enter");
    await untilFocused(page, "H3 Your agreement");
    await page.getByText(/are being set to zero/).waitFor({ state: "detached" });
    const { page: other } = await openPage(browser, `${system.endpoints.hubUi}/#/connect`);
    await button(other, "Confirm the agreement").waitFor();
  });
});
