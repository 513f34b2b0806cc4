import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectedCounts } from "#local/sample/sample";
import { bodyOf, feedSession, untilOver } from "#test/system/hub-session";
import { type RunningSystem, startLocalSystem } from "#test/system/local-system";
import { faultsEverywhere, launchBrowser, openPage } from "./browser.ts";
import { oddNames, operatedPartner, partnerId, tenDigits } from "./operated-partner.ts";

let browser: Browser;
let system: RunningSystem;
let partner: Awaited<ReturnType<typeof operatedPartner>>;
let page: Page;
let complaints: string[];
const show = (address: string) => page.goto(`${system.endpoints.hubUi}/#${address}`);
const heading = (name: string | RegExp) => page.getByRole("heading", { name, level: 2 });
const field = (name: string) => page.getByRole("combobox", { name, exact: true });
const number = (count: number) => new Intl.NumberFormat("en-GB").format(count);

beforeAll(async () => {
  [browser, system] = await Promise.all([launchBrowser(), startLocalSystem({ sample: true })]);
  partner = await operatedPartner(system);
  ({ page, complaints } = await openPage(browser, system.endpoints.hubUi, { acceptDownloads: true }));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const screens: [name: string, address: string, what: string | RegExp][] = [
  ["the wizard's second step", "/connect/2", "Map customers and services"],
  ["the wizard's third step", "/connect/3", "Approve usage"],
  ["the overview", "/overview", "How it stands"],
  ["the usage", "/usage/unmapped", "Usage by customer and service"],
  ["the history", "/history", "What was sent"],
  ["the settings", "/settings", "Key"],
  ["the audit trail", "/audit", "Audit trail"],
];

describe("the screens of a partner that is connected", () => {
  it("are for everybody, with names and counts as people have them", async () => {
    for (const [name, address, what] of screens) {
      await show(address);
      await heading(what).waitFor();
      await page
        .getByRole("status")
        .filter({ hasText: /Loading|Reading/ })
        .first()
        .waitFor({ state: "detached" });
      expect(await faultsEverywhere(page), name).toEqual([]);
    }
    expect(complaints).toEqual([]);
  });

  it("say whether the usage is in Gradient, and what is missing in units", async () => {
    const sample = expectedCounts().reduce((sum, { unitCount }) => sum + unitCount, 0);
    const missing = number(2 * tenDigits);
    await show("/overview");

    await page.getByText(`${number(sample + tenDigits)} of ${number(sample + 3 * tenDigits)} units`).waitFor();
    await page.getByText(/Counted by the hub as of .* Gradient accepted the last change at/).waitFor();
    await page.getByRole("link", { name: `${missing} units of 2 customers` }).click();
    await page.getByText(`2 lines of ${expectedCounts().length + 3}`).waitFor();
    await page.getByRole("rowheader", { name: oddNames[1] ?? "" }).waitFor();

    await page.goBack();
    await heading("Is my usage in Gradient?").waitFor();
  });

  it("find a line by its customer", async () => {
    await show("/usage");
    await page.getByLabel("Customer or service").fill("ROCKET & sö");
    await page.getByText(/^1 line of/).waitFor();
    await page
      .getByRole("row", { name: oddNames[2] ?? "" })
      .getByText(number(tenDigits))
      .first()
      .waitFor();
  });

  it("save the usage as CSV, whole", async () => {
    await show("/usage");
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download as CSV" }).click();
    const download = await saved;
    const text = await readFile(await download.path(), "utf8");

    expect(download.suggestedFilename()).toMatch(/^usage-org-1001-\d{4}-\d\d-\d\d\.csv$/);
    expect(text.startsWith("\uFEFFcustomerId,")).toBe(true);
    expect(text.trimEnd().split("\r\n")).toHaveLength(1 + expectedCounts().length + 3);
    expect(text).toContain(oddNames[1]);
  });

  it("offer a billing admin a dry run, and nothing that would be refused", async () => {
    await page.getByLabel("Signed in as").selectOption("org-1001-billing_admin");
    for (const address of ["/history", "/settings"]) {
      await show(address);
      await page.getByText("Only the owner or a full admin").first().waitFor();
      for (const name of ["Send usage", "Save the schedule", "Replace the key", "Skip the next run"])
        expect(await page.getByRole("button", { name }).count(), name).toBe(0);
    }
    await show("/overview");
    await page.getByRole("button", { name: "Try a dry run" }).click();
    await page.getByText("Dry run by you").waitFor();
    await page.getByRole("button", { name: "Would be sent 2" }).waitFor();
    await page.getByRole("rowheader", { name: oddNames[1] ?? "" }).waitFor();
    expect(await page.getByRole("rowheader").count()).toBe(2);
    await page.getByLabel("Signed in as").selectOption("org-1001-owner");
  });

  it("set the schedule, and say when the next run is", async () => {
    await show("/settings/schedule");
    await field("How often").selectOption("weekly");
    await field("On").selectOption("7");
    await field("At").selectOption("5");
    await field("Time zone").selectOption("Pacific/Auckland");
    await page.getByRole("button", { name: "Save the schedule" }).click();
    await page.getByText("The schedule is saved.").waitFor();
    await page.getByText("Every Sunday at 05:00, Pacific/Auckland").waitFor();

    // what was changed before, and is saved after it, leaves the date skipped
    await field("At").selectOption("6");
    await page.getByRole("button", { name: "Skip the next run" }).click();
    const paused = page.getByText(/^Paused until/);
    const until = await paused.textContent();
    await page.getByRole("button", { name: "Save the schedule" }).click();
    await page.getByText("Every Sunday at 06:00, Pacific/Auckland").waitFor();
    expect(await paused.textContent()).toBe(until);
    await page.getByRole("button", { name: "End the pause now" }).click();
    await page.getByRole("button", { name: "Skip the next run" }).waitFor();
  });

  it("take the recipients of results, and keep what was typed where one is refused", async () => {
    await show("/settings/notifications");
    const addresses = page.getByLabel(/^E-mail addresses/);
    await addresses.fill("billing@harbourline.example\nnobody at all");
    await page.getByRole("button", { name: "Save the recipients" }).click();
    await page.getByText("Something has to be corrected first").waitFor();
    expect(await addresses.inputValue()).toContain("nobody at all");
    await addresses.fill("billing@harbourline.example");
    await page.getByRole("button", { name: "Save the recipients" }).click();
    await page.getByText("The recipients are saved.").waitFor();
    await page.getByText("The owner, always, and billing@harbourline.example.").waitFor();
  });

  it("follow a run that was over before they could see it", async () => {
    const sample = expectedCounts().reduce((sum, { unitCount }) => sum + unitCount, 0);
    const inGradient = (less: number) =>
      page.getByText(`${number(sample + tenDigits - less)} of ${number(sample + 3 * tenDigits - less)} units`);
    await show("/overview");
    await inGradient(0).waitFor();
    const feed = await feedSession(system);
    const measuredAt = new Date().toISOString();
    const serviceId = expectedCounts()[0]?.serviceId ?? "";
    const measurements = [{ customerId: "odd-2", serviceId, unitCount: tenDigits - 1, measuredAt }];
    bodyOf(await feed("POST /v1/hub/partners/{partnerId}/usage", { path: { partnerId }, body: { measurements } }));
    const { id } = bodyOf(await partner.session("POST /v1/integrations/gradient/exports", { body: {} }));
    await untilOver(partner.session, id);

    await inGradient(1).waitFor();
  });

  it("say so when the service fails, and go on by themselves", async () => {
    await page.route("**/gradient/usage*", (route) =>
      route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"status":500,"code":"internal"}' }),
    );
    await show("/usage");
    // nothing was read before
    await page.reload();
    await page.getByText("The service failed").waitFor();
    await page.unroute("**/gradient/usage*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText(`${expectedCounts().length + 3} lines`).waitFor();
  });
});
