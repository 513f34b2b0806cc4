import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { expectedCounts } from "#local/sample/sample";
import { connectPartner, feedPartner } from "#test/system/hub-session";
import { type RunningSystem, startLocalSystem } from "#test/system/local-system";
import { faultsEverywhere, launchBrowser, openPage } from "./browser.ts";
import { untilFocused } from "./hub-page.ts";
import { oddNames, operatedPartner, partnerId } from "./operated-partner.ts";

let browser: Browser;
let system: RunningSystem;
let partner: Awaited<ReturnType<typeof operatedPartner>>;
let page: Page;
const show = (address: string) => page.goto(`${system.endpoints.hubUi}/#${address}`);
const button = (name: string) => page.getByRole("button", { name, exact: true });
const badge = (text: string) => page.locator("dd .badge").filter({ hasText: new RegExp(`${text}$`) });
const faults = (method: string, settings?: object) =>
  fetch(`${system.endpoints.gradient}/_faults`, {
    method,
    headers: { "content-type": "application/json" },
    ...(settings === undefined ? {} : { body: JSON.stringify(settings) }),
  });

beforeAll(async () => {
  [browser, system] = await Promise.all([launchBrowser(), startLocalSystem({ sample: true })]);
  partner = await operatedPartner(system);
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});
beforeEach(async () => {
  await page?.context().close();
  ({ page } = await openPage(browser, system.endpoints.hubUi));
});

/** Goes from part to part with the Tab key until it is at that one. */
const tabTo = async (name: string) => {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate("document.activeElement.textContent")) === name) return;
  }
  throw new Error(`The Tab key does not lead to ${name}`);
};

describe("runs on the hub's page", () => {
  it("start once, however often Enter is pressed, and lead to their receipts; with the keyboard alone", async () => {
    const started: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && request.url().endsWith("/exports")) started.push(request.url());
    });
    await show("/overview");
    await button("Send usage").waitFor();
    await tabTo("Send usage");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /^Run of/ }).waitFor();
    await page.getByText("Sent by you").waitFor();
    await button("Send only what was left over").waitFor();
    expect(started).toHaveLength(1);

    await tabTo("Not mapped 2");
    await page.keyboard.press("Enter");
    await page.getByText("2 lines, that is all").waitFor();
    await page.getByText("Map the customer and the service in Gradient").first().waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
  });

  it("send only what was left over", async () => {
    await show("/history");
    await page.getByRole("row").filter({ hasText: "Sent by you" }).getByRole("link").first().click();
    await button("Send only what was left over").click();
    await page.getByText("Only what another run left over").waitFor();
    await page.getByText("2 lines not mapped").waitFor();
  });

  it("show their progress after a reload, keep a second one back in another tab, and can be cancelled", async () => {
    await faults("PUT", { delayMs: 1500 });
    const { page: other } = await openPage(browser, `${system.endpoints.hubUi}/#/history`);
    await other.getByText("Send everything again").click();
    await other.locator("button:not([aria-disabled])", { hasText: "Send everything" }).waitFor();
    // the other tab does not hear of what this one does
    await other.route("**/v1/integrations/gradient", (route) => route.abort());
    await show("/history");
    await page.getByText("Send everything again").click();
    await button("Send everything").click();
    await page.getByRole("progressbar").waitFor();
    await page.reload();
    await page.getByRole("progressbar").waitFor();

    await other.getByRole("button", { name: "Send everything", exact: true }).click();
    await other.getByText("Usage is being sent already").waitFor();
    await other.getByRole("link", { name: "Show the run that is under way" }).click();
    await other.getByRole("heading", { name: /^Run of/ }).waitFor();
    await other.context().close();

    await button("Cancel this run").click();
    await page.getByText("It was cancelled before its last line.").waitFor();
    await faults("DELETE");
    // each line has its receipt, whatever had become of it by then
    await button("Download as CSV").waitFor();
    await page.getByText(`${expectedCounts().length + oddNames.length} lines, that is all`).waitFor();
  });

  it("are told of on the overview while no network is there, and afterwards", async () => {
    await show("/overview");
    await page.getByRole("heading", { name: "How it stands" }).waitFor();
    await page.context().setOffline(true);
    await page.getByText("No connection").first().waitFor();
    await page.getByRole("heading", { name: "How it stands" }).waitFor();
    await page.context().setOffline(false);
    await page.getByText("No connection").first().waitFor({ state: "detached" });
  });

  it("stop with a key that Gradient refuses, say what to do, and go on with the next key", async () => {
    const newKey = async () =>
      z.object({ partnerToken: z.string() }).parse(await partner.post(`${partner.at}/keys`, {})).partnerToken;
    // whose key Gradient takes meanwhile: alone, nobody could say whether the hub's own key is refused
    await feedPartner(system, "org-1002");
    await connectPartner(system, "org-1002");
    await newKey();
    await show("/history");
    await page.getByText("Send everything again").click();
    await button("Send everything").click();
    await page.getByText(/so it stopped/).waitFor();
    await page.getByRole("link", { name: "the key is replaced" }).waitFor();
    expect(await button("Send only what was left over").count()).toBe(0);
    await show("/overview");
    await page.getByText(/^Gradient refuses your key, since/).waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);

    await page.getByRole("link", { name: "Replace the key" }).click();
    await page.getByText("Refused by Gradient").waitFor();
    await page.getByLabel("Your Gradient key").fill("not a key");
    await button("Replace the key").click();
    await page.getByText("This does not look like a Gradient key").waitFor();
    await page.getByLabel("Your Gradient key").fill(` "${await newKey()}" `);
    await button("Replace the key").click();
    await page.getByText("Gradient has accepted the new key.").waitFor();
    await show("/overview");
    await badge("Connected").waitFor();
  });

  it("ask before a key of another organization, and go on with neither it nor without an answer", async () => {
    const other = z
      .object({ organizationId: z.string() })
      .parse(await partner.post(partner.at.replace(/\/[^/]+$/, ""), { name: "Another organization" }));
    const key = await partner.post(partner.at.replace(/[^/]+$/, `${other.organizationId}/keys`), {});
    await show("/settings/key");
    await page.getByLabel("Your Gradient key").fill(z.object({ partnerToken: z.string() }).parse(key).partnerToken);
    await button("Replace the key").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Another organization").first().waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    // a dialog that is closed is still there for a moment, and names it, too
    await page.locator("dl").getByText(`Organization of ${partnerId}`).waitFor();
  });

  it("end with a disconnection that says before what it does", async () => {
    await show("/settings/disconnect");
    await button("Disconnect Gradient…").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/^Gradient holds [\d,]+ units of/).waitFor();
    expect(await dialog.getByRole("radio", { name: /They stay as they are/ }).isChecked()).toBe(true);
    await dialog.getByText("the key that connects the hub with Gradient").waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    expect(await button("Disconnect").getAttribute("aria-disabled")).toBe("true");
    await page.getByLabel("Type disconnect to go on").fill("disconnect");
    await page.keyboard.press("Enter");
    await page.getByText("There is nothing to set until Gradient is connected").waitFor();
    // the button that was pressed is gone, and so is the dialog
    await untilFocused(page, "H2 Settings");
    await show("/overview");
    await badge("Disconnected").waitFor();
    await page.getByText(/Gradient goes on with what it accepted last/).waitFor();
    await show("/audit");
    await page.getByText("Counts in Gradient: left as they are").waitFor();
  });
});
