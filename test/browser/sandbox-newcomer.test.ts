import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectedCounts, readPsa, readSample } from "#local/sample/sample";
import { aSandbox, cleanUp, mailbox, type Sandbox } from "#test/contract/gradient-sandbox-rig";
import { launchBrowser, openPage } from "./browser.ts";
import { button, link, title } from "./locators.ts";
import { newWords } from "./reading.ts";

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

const viewport = { width: 1280, height: 713 };

/** The hub's part for the sample's MSP: its services and billed customers, and the counts of what is mapped. */
const hubOf = async (token: string) => {
  const { services, customers } = readSample();
  const ids = new Map<string, string>();
  for (const { id, name } of services) {
    const { body } = await sandbox.vendor(token, "POST", "/service", { ...mailbox, name });
    ids.set(id, body.skus.at(-1).id);
  }
  await sandbox.vendor(token, "PATCH", "/organization/status/pending");
  const accounts = customers.filter(({ billing }) => billing === "billed").map(({ id, name }) => ({ id, name }));
  await sandbox.vendor(token, "POST", "/organization/accounts", accounts);
  return async () => {
    let accepted = 0;
    for (const { customerId, serviceId, unitCount } of expectedCounts()) {
      const path = `/service/${ids.get(serviceId)}/count`;
      const { status } = await sandbox.vendor(token, "POST", path, { accountId: customerId, unitCount });
      if (status === 201) accepted += 1;
    }
    return accepted;
  };
};

const placeOf = async (target: Locator) => {
  const box = await target.boundingBox();
  return box === null ? undefined : { left: Math.round(box.x), top: Math.round(box.y) };
};
/** On the screen as it was opened, without scrolling. */
const isInSight = async (target: Locator): Promise<boolean> => {
  const box = await target.boundingBox();
  return box !== null && box.y >= 0 && box.y + box.height <= viewport.height;
};
const strong = (page: Page) => page.locator("main :is(button, .button).primary");

describe("somebody who sees the sandbox for the first time", () => {
  it("reads at most 230 words up to an approved card, and finds one thing to press on each screen", async () => {
    const { name } = readSample().partner;
    await sandbox.partner("POST", "/organizations", { name, ...readPsa() });
    await sandbox.partner("POST", "/organizations", { name: "Fernhill Managed IT" });
    const { page } = await openPage(browser, sandbox.url, { viewport });
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    let words = 0;
    const read = async () => {
      words += await newWords(page);
    };
    const onto = async (target: Locator) => {
      await target.waitFor();
      await read();
      expect(await strong(page).count()).toBe(1);
      expect(await isInSight(target)).toBe(true);
      await target.click();
    };
    await onto(link(page, `Connect ${name}`));
    await onto(button(page, "Connect and generate a key"));
    await onto(button(page, "Copy"));
    await page.getByRole("status").getByText("Copied", { exact: true }).waitFor();
    await read();
    const token = await page.getByLabel("Key", { exact: true }).inputValue();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(token);
    const sendCounts = await hubOf(token);

    await title(page, "Account mapping");
    await page.getByText("29 accounts of 37 mapped").waitFor();
    await onto(button(page, "Map the 3 clear ones"));
    await page.getByText("32 accounts of 37 mapped").waitFor();
    await page.getByRole("listitem").filter({ hasText: "is mapped to it already" }).first().waitFor();
    await button(page, "Map Baxter Marine Supply Ltd. to Baxter Marine Supplies Ltd").click();
    await button(page, "Exclude NORTHGATE LOGISTICS").click();
    await page.getByText("33 accounts of 37 mapped").waitFor();
    await onto(link(page, "Go on to service mapping"));
    await onto(button(page, "Map all 4"));
    await page.getByText("4 services of 4 mapped").waitFor();
    await onto(link(page, "Go on to the review"));
    const accepted = await sendCounts();
    await onto(button(page, "Finish"));
    await title(page, "SYNTHESIZE");

    const cards = page.getByText(/^\d+ cards? to approve; \d+ counts? of zero needs? none\.$/);
    const [open = 0, zeros = 0] = ((await cards.textContent()) ?? "").match(/\d+/g)?.map(Number) ?? [];
    expect({ accepted, open: open + zeros }).toEqual({ accepted, open: accepted });
    await read();
    // what may be pressed next, and what one looks at, stay where they are
    const still = [
      button(page, /^Approve all/),
      page.getByText("Current usage").first(),
      page.locator(".figure").first(),
      page.getByRole("listitem").nth(1),
    ];
    const before = await Promise.all(still.map(placeOf));
    await button(page, /^Approve (?!all)/)
      .first()
      .click();
    await page.getByText(/^Approved: /).waitFor();
    expect(await Promise.all(still.map(placeOf))).toEqual(before);
    await read();
    expect(words).toBeGreaterThan(100);
    expect(words).toBeLessThanOrEqual(230);
    await page.context().close();
  });

  it("has the figures of a card on one line, and the menu, on a phone as well", async () => {
    const { page } = await openPage(browser, sandbox.url, { viewport: { width: 360, height: 740 } });
    await link(page, /^Open/).click();
    const figures = page.locator(".usage").first().locator("dd");
    await figures.first().waitFor();
    const bottoms = await page.evaluate<number[]>(
      "[...document.querySelector('.usage').querySelectorAll('dd')].map((one) => one.getBoundingClientRect().bottom)",
    );
    expect(Math.max(...bottoms) - Math.min(...bottoms)).toBeLessThanOrEqual(2);
    const tops = await Promise.all(
      ["Organizations", "Faults", "Hub", "Mailbox"].map((name) => placeOf(link(page, name))),
    );
    expect(new Set(tops.map((place) => place?.top)).size).toBe(1);
    await page.context().close();
  });
});

describe("a browser that does not let the page copy", () => {
  it.each([
    ["refuses", "Promise.reject(new Error('refused'))"],
    ["never answers", "new Promise(() => {})"],
  ])("and %s: the way of before is taken, and else it is said how to copy by hand", async (_, answer) => {
    const { body } = await sandbox.partner("POST", "/organizations", { name: "Northwind" });
    const { page } = await openPage(browser, `${sandbox.url}/#/organizations/${body.organizationId}`);
    await page.evaluate(`Object.defineProperty(navigator, "clipboard", { value: { writeText: () => ${answer} } })`);
    await button(page, "Connect and generate a key").click();
    await button(page, "Copy").click();
    await page.getByRole("status").getByText("Copied", { exact: true }).waitFor();
    await page.evaluate("document.execCommand = () => false");
    await button(page, "Copied").click();
    await page.getByText(/^Not copied: press Ctrl\+C/).waitFor();
    expect(await page.evaluate("String(getSelection())")).toBe(
      await page.getByLabel("Key", { exact: true }).inputValue(),
    );
    await page.context().close();
  });
});
