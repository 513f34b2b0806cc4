import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSystem, startLocalSystem } from "#test/system/local-system";
import { launchBrowser, openPage } from "./browser.ts";
import { button, refuse, signInAs } from "./hub-page.ts";

const whoMay = "Only the owner or a full admin of your organization can do this.";
const integration = "/v1/integrations/gradient";

let browser: Browser;
let system: RunningSystem;
let page: Page;
beforeAll(async () => {
  [browser, system] = await Promise.all([launchBrowser(), startLocalSystem({ sample: true })]);
  ({ page } = await openPage(browser, system.endpoints.hubUi));
  // the second sample partner connects by itself, after the start
  await signInAs(page, "org-2001-owner", "/");
  await page.getByText("Connected").waitFor({ timeout: 45_000 });
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

describe.each(["billing_admin", "product_admin"])("a %s", (role) => {
  it("is not offered to start, and hears who may", async () => {
    await signInAs(page, `org-1001-${role}`);
    await page.getByText(whoMay).waitFor();
    expect(await button(page, "Start integration").count()).toBe(0);
  });

  it("reads and looks, and is offered no change", async () => {
    await signInAs(page, `org-2001-${role}`, "/connect/3");
    await page.getByText(whoMay).waitFor();
    expect(await button(page, "Send usage").count()).toBe(0);
    await page.getByRole("link", { name: /Step 1/ }).click();
    await page.getByText("Version 2026").first().waitFor();
    expect(await button(page, "Send the e-mail again").count()).toBe(0);
    await page.getByRole("link", { name: /Step 2/ }).click();
    await button(page, "Check now").click();
    // a look may be over before the page has asked anew
    await page.getByText(/Gradient (is being|was) looked at/).waitFor();
    expect(await page.getByRole("checkbox").count()).toBe(0);
  });
});

describe("signing in", () => {
  it("as somebody else leaves nothing of the first one's organization on the screen", async () => {
    await signInAs(page, "org-2001-full_admin", "/connect/3");
    await page.getByText("Dalkey Books").first().waitFor();
    await page.getByLabel("Signed in as").selectOption("org-1001-full_admin");
    await button(page, "Start integration").waitFor();
    expect(await page.getByText("Dalkey Books").count()).toBe(0);
    expect(await page.title()).toContain("Harbourline IT Services");
  });

  it("is renewed by itself when it has ended, once", async () => {
    await refuse(page, integration, { status: 401, times: 1 });
    await page.reload();
    await button(page, "Start integration").waitFor();
    await page.unrouteAll();
  });

  it("is asked for where that does not help, and goes on from there", async () => {
    const end = await refuse(page, integration, { status: 401 });
    await page.reload();
    await page.getByRole("alert").getByText("You are not signed in any more").waitFor();
    await end();
    await button(page, "Sign in again").click();
    await button(page, "Start integration").waitFor();
  });

  it("as one who has been here before leaves every screen open", async () => {
    const people = page.getByLabel("Signed in as");
    for (const person of ["owner", "full_admin", "owner"]) {
      await people.selectOption(`org-2001-${person}`);
      await page.goto(`${system.endpoints.hubUi}/#/connect/3`);
      await page.getByText("Dalkey Books").first().waitFor();
    }
    await page.getByRole("link", { name: "History" }).click();
    await page.getByRole("heading", { name: "What was sent" }).waitFor();
    await signInAs(page, "org-1001-full_admin");
    await button(page, "Start integration").waitFor();
  });
});

describe("a failing API", () => {
  it.each([
    ["has not told us of your organization yet", { status: 409, code: "partner.unknown" }],
    ["is at another step by now", { status: 409, code: "integration.wrong-step" }],
    ["For support: request request-1", { status: 500, code: "internal" }],
    ["Your role may not do this", { status: 403, code: "role.not-allowed" }],
  ])("is told in words at a press: %s", async (words, refusal) => {
    const end = await refuse(page, integration, { method: "POST", ...refusal });
    await button(page, "Start integration").click();
    await page.getByRole("alert").getByText(words).waitFor();
    await end();
  });

  it("is tried again where a screen could not be read at all", async () => {
    const end = await refuse(page, integration, { status: 503 });
    await page.reload();
    await page.getByRole("alert").getByText("The service cannot be reached").waitFor();
    await end();
    await button(page, "Try again").click();
    await button(page, "Start integration").waitFor();
  });
});
