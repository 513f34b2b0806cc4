import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RunningSystem, startLocalSystem } from "#test/system/local-system";
import { faultsEverywhere, launchBrowser, openPage } from "./browser.ts";
import { button, type Refusal, refuse, untilFocused } from "./hub-page.ts";
import { oddNames, operatedPartner } from "./operated-partner.ts";

let browser: Browser;
let system: RunningSystem;
let page: Page;
beforeAll(async () => {
  [browser, system] = await Promise.all([launchBrowser(), startLocalSystem({ sample: true })]);
  await operatedPartner(system);
  ({ page } = await openPage(browser, system.endpoints.hubUi));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const show = async (address: string): Promise<void> => {
  await page.goto("about:blank");
  await page.goto(`${system.endpoints.hubUi}/#${address}`);
};
const typed = "Typed by a person, and not to be lost";
const integration = "/v1/integrations/gradient";

interface Act {
  /** What the button says. */
  name: string;
  address: string;
  method: "POST" | "PUT" | "DELETE";
  path: string;
  /** What comes before the press. */
  before?(): Promise<void>;
  /** Where something was typed, it is still there after a refusal. */
  isKept?(): Promise<void>;
}

const chooseOdd = async () => {
  await page.getByRole("checkbox", { name: `Choose ${oddNames[0]}` }).check();
  await button(page, "Leave out 1 customer…").click();
  await page.getByLabel("Why?").fill(typed);
};
const hasKept = async (field: ReturnType<Page["getByLabel"]>, value: string) =>
  expect(await field.inputValue()).toBe(value);
const hour = () => page.getByRole("combobox", { name: "At", exact: true });
const recipients = () => page.getByLabel(/^E-mail addresses/);
const word = () => page.getByLabel("Type disconnect to go on");

// whatever an owner may change after the wizard
const acts: Act[] = [
  { name: "Send the e-mail again", address: "/connect/1", method: "POST", path: "/owner-email" },
  { name: "Check now", address: "/connect/2", method: "POST", path: "/mapping/checks" },
  {
    name: "Leave out",
    address: "/connect/2",
    method: "POST",
    path: "/mapping/exclusions",
    before: chooseOdd,
    isKept: () => hasKept(page.getByLabel("Why?"), typed),
  },
  { name: "Send usage", address: "/connect/3", method: "POST", path: "/exports" },
  { name: "Try a dry run", address: "/overview", method: "POST", path: "/exports" },
  {
    name: "Save the schedule",
    address: "/settings/schedule",
    method: "PUT",
    path: "/schedule",
    before: async () => {
      await hour().selectOption("5");
    },
    isKept: () => hasKept(hour(), "5"),
  },
  {
    name: "Save the recipients",
    address: "/settings/notifications",
    method: "PUT",
    path: "/notifications",
    before: () => recipients().fill("a@harbourline.example"),
    isKept: () => hasKept(recipients(), "a@harbourline.example"),
  },
  {
    name: "Replace the key",
    address: "/settings/key",
    method: "PUT",
    path: "/token",
    before: () => page.getByLabel("Your Gradient key").fill("a-key-of-sixteen-and-more"),
    isKept: () => hasKept(page.getByLabel("Your Gradient key"), "a-key-of-sixteen-and-more"),
  },
  {
    name: "Disconnect",
    address: "/settings/disconnect",
    method: "DELETE",
    path: integration,
    before: async () => {
      await button(page, "Disconnect Gradient…").click();
      await word().fill("disconnect");
    },
    isKept: () => hasKept(word(), "disconnect"),
  },
];

const unsure = /All of it may be done, a part, or nothing.*try again: nothing is done twice/;
const undone = /Nothing was changed.*try again/;
const refusals: [words: string, refusal: Refusal, whatToDo: RegExp][] = [
  ["The service failed", { status: 500, code: "internal" }, unsure],
  ["The service cannot be reached", { status: 503, code: "table.unavailable" }, unsure],
  ["That was a lot in one minute", { status: 429, code: "calls.too-many", headers: { "retry-after": "1" } }, undone],
  ["Somebody else is changing the same thing", { status: 409, code: "table.conflict" }, unsure],
];

describe.each(acts)("$name", ({ name, address, method, path, before, isKept }) => {
  it("says what a 500, a 503, a 429 and a 409 mean and what to do, and keeps what was typed", async () => {
    await show(address);
    await page.getByRole("button", { name }).first().waitFor();
    await before?.();
    for (const [words, refusal, whatToDo] of refusals) {
      const end = await refuse(page, path, { method, ...refusal });
      await page
        .locator("button:not([aria-disabled])", { hasText: new RegExp(`^${name}$`) })
        .first()
        .click();
      const alert = page.getByRole("alert").filter({ hasText: words });
      await alert.waitFor();
      expect(await alert.textContent()).toMatch(whatToDo);
      await isKept?.();
      await end();
    }
  });
});

describe("a question about disconnecting", () => {
  it("can be answered where what it would do cannot be read, and says what becomes of the counts", async () => {
    const ends = [
      await refuse(page, "/disconnection", { status: 500, code: "record.unreadable" }),
      await refuse(page, integration, { method: "DELETE", status: 503 }),
    ];
    await show("/settings/disconnect");
    await button(page, "Disconnect Gradient…").click();
    await page.getByRole("alert").filter({ hasText: "The service failed" }).waitFor();
    await page.getByText("Your counts in Gradient stay as they are then.").waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    await word().fill("disconnect");
    const asked = page.waitForRequest((request) => request.method() === "DELETE");
    await button(page, "Disconnect").click();
    expect(new URL((await asked).url()).search).toBe("?finalCounts=keep");
    await page.getByRole("alert").filter({ hasText: "The service cannot be reached" }).waitFor();
    for (const end of ends) await end();
  });
});

describe("an agreement that has changed", () => {
  it("is asked for anew beside what was confirmed, and one that changes meanwhile is not confirmed by mistake", async () => {
    const newer = { version: "2027-01-01", sha256: "b".repeat(64), markdown: "# Sharing usage\n\nAnother text." };
    await page.route("**/gradient/agreement", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), ...newer } });
    });
    await show("/connect/1");
    await page.getByText("The agreement has changed").waitFor();
    await page.getByText("Another text.").waitFor();
    await page.getByText(/^Version \d{4}-\d\d-\d\d, .* by /).waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    // the service's own text is another one by now
    await button(page, "Confirm the agreement").click();
    await page.getByRole("alert").getByText("The agreement was changed while you were reading").waitFor();
    await page.unrouteAll({ behavior: "wait" });
    await page.reload();
    await page.getByText("Read what was agreed to, and what data is shared").waitFor();
    expect(await button(page, "Confirm the agreement").count()).toBe(0);
  });

  it("is not asked for where the service was rolled back to an older text", async () => {
    const older = { version: "2026-01-01", sha256: "a".repeat(64), markdown: "# Sharing usage\n\nAn older text." };
    await page.route("**/gradient/agreement", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), ...older } });
    });
    await show("/connect/1");
    await page.getByText(/^Version \d{4}-\d\d-\d\d, .* by /).waitFor();
    expect(await button(page, "Confirm the agreement").count()).toBe(0);
    await page.unroute("**/gradient/agreement");
  });
});

describe("an agreement that becomes another one while it is read", () => {
  const read = {
    version: "2027-01-01",
    sha256: "b".repeat(64),
    markdown: "# Sharing usage\n\nThe text that was read.",
  };
  const newer = { version: "2027-02-01", sha256: "c".repeat(64), markdown: "# Sharing usage\n\nNobody has read this." };
  const changed = () => page.getByRole("alert").filter({ hasText: "The agreement was changed while you were reading" });
  let inForce = read;
  let presses: unknown[] = [];

  const readFirst = async () => {
    inForce = read;
    presses = [];
    await page.route("**/gradient/agreement", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), ...inForce } });
    });
    page.on("request", (request) => {
      if (request.method() === "POST" && request.url().endsWith("/confirmations")) presses.push(request.postDataJSON());
    });
    await show("/connect/1");
    await page.getByText("The text that was read.").waitFor();
  };
  const press = () => button(page, "Confirm the agreement").click();
  /** As a person does who does not see that it cannot be pressed now. */
  const pressAgain = () => button(page, "Confirm the agreement").click({ force: true });
  const confirmed = ({ version, sha256 }: typeof read) => ({ version, sha256 });

  afterEach(async () => {
    page.removeAllListeners("request");
    await page.unrouteAll({ behavior: "wait" });
  });

  it("stays on the page when the person comes back to the tab, and nothing is confirmed before the new one is shown", async () => {
    await readFirst();
    inForce = newer;
    // what was read within the last second is not read again
    await expect
      .poll(
        async () => {
          await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
          return await changed().count();
        },
        { timeout: 15_000 },
      )
      .toBe(1);
    await page.getByText("The text that was read.").waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    await pressAgain();
    await pressAgain();
    expect(presses).toEqual([]);

    await button(page, "Show the new text").focus();
    await page.keyboard.press("Enter");
    await page.getByText("Nobody has read this.").waitFor();
    await untilFocused(page, /^H4 /);
    expect(await changed().count()).toBe(0);
    await press();
    await expect.poll(() => presses).toEqual([confirmed(newer)]);
  });

  it("is not confirmed by the second press after one that came too late", async () => {
    await readFirst();
    inForce = newer;
    // the service's own text is neither of them: it refuses both as outdated
    await press();
    await changed().waitFor();
    await button(page, "Show the new text").waitFor();
    await pressAgain();
    await pressAgain();
    expect(presses).toEqual([confirmed(read)]);
    expect(await changed().count()).toBe(1);

    await button(page, "Show the new text").click();
    await page.getByText("Nobody has read this.").waitFor();
    // what was refused was the text from before
    expect(await changed().count()).toBe(0);
  });
});

describe("the browser's own back button", () => {
  it("closes a question that was not answered, changes nothing, and leads forward again", async () => {
    await show("/connect/2");
    await page.getByRole("link", { name: /Step 1/ }).click();
    await page.getByRole("link", { name: /Step 2/ }).click();
    await chooseOdd();
    await page.goBack();
    await page.getByRole("heading", { name: "Sign up for Gradient", level: 2 }).waitFor();
    expect(await page.locator("dialog[open]").count()).toBe(0);
    // nothing lies over the page
    await button(page, "Send the e-mail again").click({ trial: true });
    await page.goForward();
    await page.getByRole("checkbox", { name: `Choose ${oddNames[0]}` }).waitFor();
  });
});
