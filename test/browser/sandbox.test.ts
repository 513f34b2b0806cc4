import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aMappedPartner, aSandbox, cleanUp, mailbox, type Sandbox } from "#test/contract/gradient-sandbox-rig";
import { faultsEverywhere, launchBrowser, openPage } from "./browser.ts";
import { press, tabTo } from "./keyboard.ts";
import { button, link, title } from "./locators.ts";

let browser: Browser;
let sandbox: Sandbox;
beforeAll(async () => {
  const portal = { hubUi: "http://127.0.0.1:4000", mailbox: () => "http://127.0.0.1:4003" };
  [browser, sandbox] = await Promise.all([launchBrowser(), aSandbox({ portal })]);
});
afterAll(async () => {
  await browser?.close();
  await cleanUp();
});

const open = (path = "") => openPage(browser, `${sandbox.url}/${path}`);

/** What a vendor does with a key: its services, then the partner's accounts, then `pending`. */
const vendorTakesOver = async (token: string) => {
  const { body } = await sandbox.vendor(token, "POST", "/service", mailbox);
  await sandbox.vendor(token, "POST", "/organization/accounts", [
    { id: "alder", name: "Alder & Sons" },
    { id: "birch", name: "BIRCH DENTAL" },
    { id: "fir", name: "Fir Bakery" },
    { id: "gorse", name: "مخبز الأرز 🥖 شركة ذات اسم طويل".padEnd(200, " و") },
  ]);
  await sandbox.vendor(token, "PATCH", "/organization/status/pending");
  const serviceId: string = body.skus.at(-1).id;
  return (accountId: string, unitCount: number) =>
    sandbox.vendor(token, "POST", `/service/${serviceId}/count`, { accountId, unitCount });
};

describe("the sandbox's page", () => {
  it("leads from nothing to an approved card by keyboard alone, for everybody, on every screen", async () => {
    const { page, complaints, hosts } = await open();
    const faults: Record<string, string[]> = {};
    const look = async (screen: string) => {
      faults[screen] = await faultsEverywhere(page);
    };
    await title(page, "Organizations");
    await tabTo(page, page.getByLabel("Name of the MSP"));
    await look("organizations");
    await page.keyboard.type("Harbourline");
    await press(page, "Enter");

    await title(page, "Connect to vendor");
    await tabTo(page, button(page, "Connect and generate a key"));
    await press(page, "Enter");
    const key = page.getByLabel("Key", { exact: true });
    await look("key");
    const count = await vendorTakesOver(await key.inputValue());
    // whoever waits for the vendor is led on
    await title(page, "Account mapping");
    await page.getByText("1 account of 4 mapped by equal names. The rest is not billed.").waitFor();
    await tabTo(page, page.getByRole("listbox", { name: /Accounts to map/i }));
    await press(page, "End", "Space", "f", "Space");
    await page.getByText("2 accounts picked").waitFor();
    await look("accounts");
    await press(page, "Enter", "c", "Enter");
    await page.getByText("2 accounts mapped to Cedar Logistics.").waitFor();
    await tabTo(page, button(page, "Map BIRCH DENTAL to Birch Dental"));
    await press(page, "Enter");
    await page.getByText("Nothing is left to map.").waitFor();
    await tabTo(page, link(page, "Go on to service mapping"));
    await press(page, "Enter");

    await title(page, "Service mapping");
    await tabTo(page, page.getByRole("listbox", { name: /Services to map/i }));
    await press(page, "Enter", "m", "Enter");
    await page.getByText("1 service mapped to Managed endpoint.").waitFor();
    await look("services");
    await tabTo(page, link(page, "Go on to the review"));
    await press(page, "Enter");

    await title(page, "Review");
    await tabTo(page, button(page, "Finish"));
    await look("review");
    await press(page, "Enter");

    // finishing leads on by itself
    await title(page, "SYNTHESIZE");
    await page.getByText("No usage has arrived yet.").waitFor();
    await count("fir", 15);
    await count("fir", 1_234_567_890);
    await count("gorse", 3);
    await tabTo(page, button(page, "Approve Fir Bakery, Managed mailbox"));
    expect(await page.getByRole("listitem").filter({ hasText: "Fir Bakery" }).textContent()).toMatch(
      /Current usage1,234,567,890Previous usage15PSA bills0/,
    );
    await look("SYNTHESIZE");
    await page.setViewportSize({ width: 360, height: 900 });
    const topOfCards = "document.querySelector('.cards').getBoundingClientRect().top + scrollY";
    const top = await page.evaluate<number>(topOfCards);
    await press(page, "Enter");
    await page.getByText("Approved: Fir Bakery, Managed mailbox. The PSA bills 1,234,567,890.").waitFor();
    expect(await page.evaluate<number>(topOfCards)).toBe(top);
    // the card stays in its place and says so, and the focus is on the next one's button
    await page.getByRole("listitem").filter({ hasText: "Fir Bakery" }).getByText("Approved").waitFor();
    await expect.poll(() => page.evaluate<string>("document.activeElement?.innerText ?? ''")).toMatch(/^Approve\s.*🥖/);
    await press(page, "Enter");
    const said = page.getByRole("status").filter({ hasText: /🥖.*The PSA bills 3\./ });
    await said.waitFor();
    const isCut = (element: { scrollWidth: number; clientWidth: number; scrollHeight: number; clientHeight: number }) =>
      element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
    expect(await said.evaluate(isCut)).toBe(false);
    await look("settled");
    await count("alder", 4);
    await count("birch", 5);
    await button(page, /^Dismiss/)
      .nth(1)
      .waitFor();
    await button(page, /^Dismiss/)
      .first()
      .focus();
    await press(page, "Enter");
    await page.getByText(/^Dismissed: /).waitFor();
    // whoever presses on approves nothing by mistake
    await expect.poll(() => page.evaluate<string>("document.activeElement?.innerText ?? ''")).toMatch(/^Dismiss\s/);

    expect(faults).toEqual(Object.fromEntries(Object.keys(faults).map((screen) => [screen, []])));
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual(["127.0.0.1"]);
    await page.context().close();
  });

  it("shows a key once, regenerates it and disconnects after a question, and makes one key of two clicks", async () => {
    const { body } = await sandbox.partner("POST", "/organizations", { name: "Northwind" });
    const { page } = await open(`#/organizations/${body.organizationId}`);
    const keyOf = () => page.getByLabel("Key", { exact: true }).inputValue();
    await button(page, "Connect and generate a key").dblclick();
    const first = await keyOf();
    const lost = page.getByText("The key was shown once and cannot be shown again.");
    expect(await lost.count()).toBe(0);
    await page.reload();
    await lost.waitFor();
    await vendorTakesOver(first);
    await title(page, "Account mapping");
    await link(page, /^Connect to vendor/).click();
    await page.getByRole("heading", { name: "Secure MSP Hub is connected" }).waitFor();
    await button(page, "Regenerate key").click();
    expect(await page.getByLabel("Key", { exact: true }).count()).toBe(0);
    const dialog = page.getByRole("dialog");
    expect(await faultsEverywhere(page)).toEqual([]);
    await page.keyboard.press("Escape");
    expect((await sandbox.vendor(first, "GET", "/organization")).status).toBe(200);
    await button(page, "Regenerate key").click();
    await dialog.getByRole("button", { name: "Regenerate" }).click();
    const second = await keyOf();
    const dead = page.getByText("Secure MSP Hub still has the key from before, which does not work any more.");
    await dead.waitFor();
    expect((await sandbox.vendor(first, "GET", "/organization")).status).toBe(401);
    await page.reload();
    await dead.waitFor();
    await lost.waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    expect((await sandbox.vendor(second, "GET", "/organization")).status).toBe(200);
    await page.getByRole("heading", { name: "Secure MSP Hub is connected" }).waitFor();

    await button(page, "Disconnect").click();
    await dialog.getByText("deletes the 4 accounts").waitFor();
    await dialog.getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("Disconnected. 4 accounts deleted, with all counts.").waitFor();
    await button(page, "Connect and generate a key").waitFor();
    await page.context().close();
  });

  it("turns faults on, shows them on every screen, and ends them", async () => {
    const partner = await aMappedPartner(sandbox);
    const { page } = await open("#/faults");
    await page.getByText("What to expect, and the way back").click();
    await page.getByText(/^Some are taken: it wants a new key\./).waitFor();
    await page.getByLabel(/^500/).selectOption("1");
    await page.getByLabel(/^429/).selectOption("1");
    await button(page, "Turn on").click();
    await page.getByText("That is more than every call.").waitFor();
    await page.getByLabel(/^429/).selectOption("0");
    for (const [name, status] of [
      ["401", 401],
      ["403", 403],
      ["500", 500],
    ] as const) {
      for (const other of ["401", "403", "500"]) {
        await page.getByLabel(new RegExp(`^${other}`)).selectOption(other === name ? "1" : "0");
      }
      await button(page, "Turn on").click();
      await page.getByText(`Faults are on: every call is refused with ${status}.`).waitFor();
      expect((await partner.count(5)).status).toBe(status);
    }
    expect(await faultsEverywhere(page)).toEqual([]);
    await link(page, "Organizations").click();
    await page.getByText("every call is refused with 500. 1 call met it so far.").waitFor();
    await button(page, "End faults").click();
    await expect.poll(() => page.getByText("Faults are on").count()).toBe(0);
    expect((await partner.count(5)).status).toBe(201);
    await page.context().close();
  });
});
