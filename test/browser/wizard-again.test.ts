import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { untilState } from "#test/system/hub-session";
import { type RunningSystem, startLocalSystem } from "#test/system/local-system";
import { faultsEverywhere, launchBrowser, openPage } from "./browser.ts";
import { button, signInAs, untilFocused } from "./hub-page.ts";
import { operatedPartner } from "./operated-partner.ts";

let browser: Browser;
let system: RunningSystem;
let partner: Awaited<ReturnType<typeof operatedPartner>>;
let page: Page;
beforeAll(async () => {
  [browser, system] = await Promise.all([launchBrowser(), startLocalSystem({ sample: true })]);
  ({ page } = await openPage(browser, system.endpoints.hubUi));
  // whose key Gradient takes meanwhile: alone, nobody could say whether the hub's own key is refused
  await signInAs(page, "org-2001-owner", "/");
  await page.getByText("Connected").waitFor({ timeout: 45_000 });
  partner = await operatedPartner(system);
  await signInAs(page, "org-1001-owner", "/connect/3");
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const slowness = (delayMs: number) =>
  fetch(`${system.endpoints.gradient}/_faults`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ delayMs }),
  });
const newKey = async () =>
  z.object({ partnerToken: z.string() }).parse(await partner.post(`${partner.at}/keys`, {})).partnerToken;
const sendEverything = () => partner.session("POST /v1/integrations/gradient/exports", { body: { mode: "full" } });
const step = (number: number) => page.getByRole("link", { name: new RegExp(`Step ${number}`) });

// the steps of one partner's life after the wizard: each builds on the one before
describe("the wizard of a partner that has been through it", () => {
  it("shows how far a slow Gradient is, after a reload, too, and lets cancel", async () => {
    await button(page, "Send usage").waitFor();
    await slowness(3000);
    await sendEverything();
    await page.getByText(/^\d+ of \d+ lines$/).waitFor();
    await page.reload();
    await page.getByRole("progressbar").waitFor();
    expect(await button(page, "Send usage").getAttribute("aria-disabled")).toBe("true");
    expect(await faultsEverywhere(page)).toEqual([]);
    await button(page, "Cancel this run").focus();
    await page.keyboard.press("Enter");
    await page.getByText("The last run was cancelled").waitFor();
    await slowness(0);
    // the button that was pressed is gone
    await untilFocused(page, "H3 Your counts go to Gradient");
    expect(await button(page, "Send usage").getAttribute("aria-disabled")).toBeNull();
  });

  it("says that Gradient refuses the key, and takes the next one at its first step", async () => {
    const key = await newKey();
    await sendEverything();
    await untilState(partner.session, "suspended");
    await page.getByText(/^Gradient refuses your key, since/).waitFor();
    await step(1).click();
    await page.getByRole("heading", { name: "Register a new key" }).waitFor();
    await page.getByText(/Gradient refuses the key$/).waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);

    await signInAs(page, "org-1001-billing_admin", "/connect/1");
    await page.getByText(/^Gradient refuses your key, since/).waitFor();
    expect(await page.getByRole("link", { name: "Replace the key" }).count()).toBe(0);
    expect(await page.getByLabel("Your Gradient key").count()).toBe(0);

    await signInAs(page, "org-1001-owner", "/connect/1");
    await page.getByLabel("Your Gradient key").fill(key);
    await page.keyboard.press("Enter");
    await page.getByText(/Gradient takes the key$/).waitFor();
    await page.getByText(/^Gradient refuses your key, since/).waitFor({ state: "detached" });
  });

  it("is left by disconnecting, which sets the counts to zero first where that is wanted", async () => {
    await page.goto(`${system.endpoints.hubUi}/#/settings/disconnect`);
    await button(page, "Disconnect Gradient…").click();
    await page.getByRole("radio", { name: /set to zero first/ }).check();
    expect(await faultsEverywhere(page)).toEqual([]);
    await page.getByLabel("Type disconnect to go on").fill("disconnect");
    await page.keyboard.press("Enter");
    await untilFocused(page, "H2 Settings");
    // what was cancelled under way may still arrive, so that most zeros have to wait
    for (const address of ["settings", "overview", "connect"]) {
      await page.goto(`${system.endpoints.hubUi}/#/${address}`);
      await page.getByText(/^Your counts in Gradient are being set to zero: \d+ lines? left$/).waitFor();
    }
    await page.getByRole("heading", { name: "Gradient is disconnected" }).waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
  });

  it("begins anew, for a reload and another tab, too", async () => {
    await button(page, "Start integration").click();
    await untilFocused(page, "H3 Get your key in Gradient");
    await page.reload();
    await page.getByRole("heading", { name: "Get your key in Gradient" }).waitFor();
    await page.getByLabel("Your Gradient key").fill(await newKey());
    await page.keyboard.press("Enter");
    await untilFocused(page, "H3 Your agreement to share usage");
    await page.getByText(/are being set to zero/).waitFor({ state: "detached" });
    const { page: other } = await openPage(browser, `${system.endpoints.hubUi}/#/connect`);
    await other.getByRole("heading", { name: "What is not shared" }).waitFor();
  });
});
