import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bodyOf, hubSession } from "#test/system/hub-session";
import { type RunningSystem, startLocalSystem } from "#test/system/local-system";
import { launchBrowser, openPage } from "./browser.ts";
import { button, signInAs, untilFocused } from "./hub-page.ts";
import { press, tabTo } from "./keyboard.ts";
import { link, title } from "./locators.ts";
import { newWords } from "./reading.ts";

let browser: Browser;
let system: RunningSystem;
let hub: Page;
beforeAll(async () => {
  [browser, system] = await Promise.all([launchBrowser(), startLocalSystem({ sample: true })]);
  ({ page: hub } = await openPage(browser, system.endpoints.hubUi));
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const taken = { inHub: 0, inGradient: 0, presses: 0 };
const read = async (page: Page, presses = 1): Promise<void> => {
  taken[page === hub ? "inHub" : "inGradient"] += await newWords(page);
  taken.presses += presses;
};
/** Reads what is new on the screen, goes there with the Tab key, and presses Enter. */
const enter = async (page: Page, target: ReturnType<typeof link>): Promise<void> => {
  await target.waitFor();
  await read(page);
  await tabTo(page, target);
  await press(page, "Enter");
};

describe("the whole way", () => {
  it("is gone with the keyboard alone, from the hub's start to an approved card, and read in under three minutes", async () => {
    await enter(hub, link(hub, "Set up Gradient"));
    await enter(hub, button(hub, "Start integration"));
    await enter(hub, button(hub, "Go to Gradient"));
    const opened = hub.context().waitForEvent("page");
    await enter(hub, link(hub, "Open Gradient"));
    const gradient = await opened;

    await title(gradient, "Connect to vendor");
    await enter(gradient, button(gradient, "Connect and generate a key"));
    const field = gradient.getByLabel("Key", { exact: true });
    await field.waitFor();
    // copying it, and going back to the other tab
    await read(gradient, 2);
    await tabTo(gradient, field);
    const key = await field.inputValue();
    // who comes back has the focus where the key goes
    await untilFocused(hub, "INPUT ");
    await hub.keyboard.insertText(key);
    await press(hub, "Enter");
    await read(hub, 2);
    await hub.getByText("The history stays in the hub.").waitFor();
    await enter(hub, button(hub, "Confirm the agreement"));
    await hub.getByRole("heading", { name: "Map them in Gradient" }).waitFor();
    await read(hub);

    await title(gradient, "Account mapping");
    await gradient.getByText("29 accounts of 37 mapped").waitFor();
    await enter(gradient, gradient.getByRole("button", { name: "Map the 3 clear ones" }));
    await gradient.getByText("32 accounts of 37 mapped").waitFor();
    // the look-alike is mapped by a decision of its own
    await tabTo(gradient, gradient.getByRole("listbox", { name: /Accounts to map/i }));
    await press(gradient, "n", "Enter", "n", "Enter");
    await gradient.getByText("1 account mapped to Northgate Logistics.").waitFor();
    await enter(gradient, link(gradient, "Go on to service mapping"));
    await title(gradient, "Service mapping");
    await enter(gradient, gradient.getByRole("button", { name: "Map all 4" }));
    await gradient.getByText("4 services of 4 mapped").waitFor();
    await enter(gradient, link(gradient, "Go on to the review"));
    await gradient.getByText("Vantage Point Surveyors").waitFor();
    await gradient.getByRole("status").getByText("Not mapped: 4 accounts.").waitFor();
    await enter(gradient, gradient.getByRole("button", { name: "Finish" }));
    await title(gradient, "SYNTHESIZE");
    await enter(gradient, gradient.getByRole("button", { name: /^Approve (?!all)/ }).first());
    await gradient.getByText(/^Approved: /).waitFor();
    // Every word, the agreement's too, at 250 a minute, and a second and a half for a press. A slow machine shows a few
    // more on the way.
    const words = taken.inHub + taken.inGradient;
    expect(taken.inHub, JSON.stringify(taken)).toBeGreaterThan(200);
    expect(taken.inHub, JSON.stringify(taken)).toBeLessThanOrEqual(290);
    expect(words, JSON.stringify(taken)).toBeLessThanOrEqual(470);
    expect((words / 250) * 60 + taken.presses * 1.5, JSON.stringify(taken)).toBeLessThan(145);

    // Next opens by itself, and the wizard has an end
    await hub.getByText("Next is open: Approve usage.").waitFor();
    await enter(hub, button(hub, "Next"));
    await hub.getByText(/^Nothing had changed|^The last run went through/).waitFor();
    await enter(hub, button(hub, "Go to the overview"));
    await hub.getByRole("heading", { name: "Is my usage in Gradient?" }).waitFor();
    await gradient.close();
  });
});

const leaveOut = async (page: Page, why: string) => {
  await page.getByRole("checkbox", { name: "Choose Granite Peak Engineering" }).check();
  await button(page, "Leave out 1 customer…").click();
  await page.getByLabel("Why?").fill(why);
};

describe("two people at once", () => {
  it("leave out the same customer, and send, and each sees what has become of it", async () => {
    const { page: other } = await openPage(browser, system.endpoints.hubUi);
    await signInAs(hub, "org-1001-owner", "/connect/2");
    await signInAs(other, "org-1001-full_admin", "/connect/2");
    const both = [hub, other];
    await Promise.all(both.map((page, index) => leaveOut(page, `Reason ${index}`)));
    await Promise.all(both.map((page) => button(page, "Leave out").click()));
    for (const page of both) {
      await page.getByText("33 of 36 customers mapped").waitFor();
      expect(await page.getByRole("dialog").count()).toBe(0);
      expect(await page.getByRole("alert").count()).toBe(0);
    }

    const session = await hubSession(system, "org-1001");
    const manualRuns = async () =>
      bodyOf(await session("GET /v1/integrations/gradient/exports", {})).items.filter(
        ({ trigger }) => trigger === "manual",
      ).length;
    expect(await manualRuns()).toBe(0);
    for (const page of both) await link(page, /Step 3/).click();
    for (const page of both) await page.locator("button:not([aria-disabled])", { hasText: "Send usage" }).waitFor();
    await Promise.all(both.map((page) => button(page, "Send usage").click()));
    // the second press met the run of the first and says so, or came after it
    const ends = async () => {
      const told = await Promise.all(both.map((page) => page.getByText("Usage is being sent already").count()));
      return (await manualRuns()) + told.reduce((sum, count) => sum + count, 0);
    };
    await expect.poll(ends, { timeout: 15_000 }).toBe(2);
    for (const page of both) await page.getByText(/^Nothing had changed|^The last run went through/).waitFor();
    await other.context().close();
  });
});

describe("a minute without a network", () => {
  it("leaves what was read and typed where it is, and ends by itself", async () => {
    const { page, complaints } = await openPage(browser, "about:blank");
    await page.clock.install();
    await page.goto(`${system.endpoints.hubUi}/#/settings`);
    await page.getByLabel(/^E-mail addresses/).fill("someone@harbourline.example");
    await page.context().setOffline(true);
    for (let seconds = 0; seconds < 60; seconds += 5) {
      await page.clock.runFor(5_000);
      // what fails takes a moment of this machine's own time
      await page.waitForTimeout(50);
    }
    await page.getByText("No connection").first().waitFor();
    await page.getByText("It is tried again by itself.").first().waitFor();
    expect(await page.getByText("No connection").count()).toBe(1);
    await button(page, "Save the recipients").click();
    await page.clock.runFor(5_000);
    await page.getByRole("alert").getByText("Nothing you have typed is lost").waitFor();

    await page.context().setOffline(false);
    const isBack = async () => {
      await page.clock.runFor(2_000);
      return await page.getByText("It is tried again by itself.").count();
    };
    await expect.poll(isBack, { timeout: 30_000 }).toBe(0);
    expect(await page.getByLabel(/^E-mail addresses/).inputValue()).toBe("someone@harbourline.example");
    await button(page, "Try again").click();
    await page.getByText("The recipients are saved.").waitFor();
    expect(complaints.filter((one) => !one.includes("ERR_INTERNET_DISCONNECTED"))).toEqual([]);
    await page.context().close();
  });
});
