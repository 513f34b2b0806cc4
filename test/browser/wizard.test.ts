import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#test/system/hub-session";
import { type RunningSystem, startLocalSystem } from "#test/system/local-system";
import { faultsEverywhere, launchBrowser, type OpenedPage, openPage } from "./browser.ts";
import { button, gradientPeople, refuse, untilFocused } from "./hub-page.ts";

let browser: Browser;
let system: RunningSystem;
let opened: OpenedPage;
let page: Page;
let looks: Set<string>;
beforeAll(async () => {
  [browser, system] = await Promise.all([launchBrowser(), startLocalSystem({ sample: true })]);
  opened = await openPage(browser, system.endpoints.hubUi);
  page = opened.page;
  looks = looksPressedFor(page);
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const organization = "Harbourline IT Services";
const leftUnmapped = ["cust-1005", "cust-1030", "cust-1037"];

/** The changing calls of the page to the API, as `PUT /token`. */
const changesOf = (watched: Page): string[] => {
  const changes: string[] = [];
  watched.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (!["GET", "OPTIONS"].includes(request.method()) && pathname.startsWith("/v1/integrations/gradient"))
      changes.push(`${request.method()} ${pathname.slice("/v1/integrations/gradient".length) || "/"}`);
  });
  return changes;
};

/** From the next reading on the mapping is another, until that is ended. */
const readAs = async (
  watched: Page,
  change: (mapping: Record<string, object>) => object,
  what: "/gradient" | "/gradient/mapping" = "/gradient/mapping",
) => {
  await watched.route(
    (url) => url.pathname.endsWith(what),
    async (route) => {
      // whole, though the page has it already
      const { "if-none-match": known, ...asked } = route.request().headers();
      const response = await route.fetch({ headers: asked });
      const { etag, ...headers } = response.headers();
      await route.fulfill({ response, headers, json: change(await response.json()) });
    },
  );
  return () => watched.unrouteAll({ behavior: "wait" });
};

/** The looks in Gradient that presses of a person have had: a press that follows another may join its look. */
const looksPressedFor = (watched: Page): Set<string> => {
  const looks = new Set<string>();
  watched.on("response", async (response) => {
    const request = response.request();
    if (request.method() !== "POST" || !request.url().endsWith("/mapping/checks")) return;
    if (request.postDataJSON().automatic) return;
    const { requestedAt } = (await response.json()) as { requestedAt: string };
    looks.add(requestedAt);
  });
  return looks;
};

const tabOf = async (address: string) => {
  const { page: tab } = await openPage(browser, `${system.endpoints.hubUi}/#${address}`);
  return tab;
};

// the steps of one journey: each builds on the one before
describe("the wizard", () => {
  it("is found under Integrations, and starts once however often it is pressed", async () => {
    await page.getByRole("heading", { name: "MSP Ecosystem platforms", level: 2 }).waitFor();
    await page.getByText("Not started").waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    expect(opened.complaints).toEqual([]);
    await page.getByRole("link", { name: "Set up Gradient" }).click();
    await untilFocused(page, "H1 Gradient");
    await button(page, "Start integration").waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);

    const changes = changesOf(page);
    await button(page, "Start integration").dblclick();
    await untilFocused(page, "H3 Get your key in Gradient");
    expect(changes).toEqual(["POST /"]);
    await expect(page.locator(".steps [aria-current=step]").textContent()).resolves.toContain("Sign up for Gradient");
  });

  it("leads to the organization's page in Gradient after asking, and gives the focus back", async () => {
    const { id } = await gradientPeople(system, organization);
    await button(page, "Go to Gradient").click();
    const dialog = page.getByRole("dialog", { name: "You are leaving the hub" });
    const link = dialog.getByRole("link", { name: "Open Gradient" });

    expect(await link.getAttribute("href")).toBe(`${system.endpoints.gradient}/#/organizations/${id}`);
    expect(await link.getAttribute("target")).toBe("_blank");
    expect(await faultsEverywhere(page)).toEqual([]);
    await button(page, "Stay here").click();
    await untilFocused(page, "BUTTON Go to Gradient");
  });

  it("says so once to a person and browser; after that it is a link, also after a reload", async () => {
    await button(page, "Go to Gradient").click();
    const first = page.context().waitForEvent("page");
    await page.getByRole("link", { name: "Open Gradient" }).click();
    await (await first).close();
    // whoever comes back has a key to paste
    await untilFocused(page, "INPUT ");
    await page.reload();
    const second = page.context().waitForEvent("page");
    await page.getByRole("link", { name: "Go to Gradient" }).click();
    await (await second).close();
    expect(await page.getByRole("dialog").count()).toBe(0);
    await untilFocused(page, "INPUT ");
  });

  it("has one primary act at a time: first to get a key, then to save it", async () => {
    const primary = page.locator("main .primary");
    expect(await primary.allTextContents()).toEqual(["Go to Gradient"]);
    await page.getByLabel("Your Gradient key").fill("x");
    expect(await primary.allTextContents()).toEqual(["Check and save the key"]);
    await page.getByLabel("Your Gradient key").fill("");
  });

  it("says of a key what is wrong with it, and keeps what was typed", async () => {
    const key = page.getByLabel("Your Gradient key");
    const save = button(page, "Check and save the key");
    await save.click();
    await page.getByText("Paste the key first.").waitFor();
    await key.fill("too short");
    await save.click();
    await page.getByRole("alert").getByText("This does not look like a Gradient key").waitFor();
    await page.getByText(/A key is one piece of 16 to 256 letters/).waitFor();
    await key.fill("a-key-that-nobody-has-generated");
    await save.click();
    await page.getByRole("alert").getByText("Gradient does not accept this key").waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    expect(await key.inputValue()).toBe("a-key-that-nobody-has-generated");
  });

  it.each([
    ["This key is in use by another organization", { status: 409, code: "token.in-use" }],
    ["Gradient refuses the hub's own key", { status: 502, code: "gradient.vendor-key-rejected" }],
    ["Gradient refuses calls for the moment", { status: 503, code: "gradient.refused" }],
    ["Gradient could not be asked", { status: 503, code: "gradient.unavailable" }],
    ["The service failed", { status: 500, code: "internal" }],
    ["That was a lot in one minute", { status: 429, code: "calls.too-many", headers: { "retry-after": "30" } }],
    ["Too many keys were refused", { status: 429, code: "token.cooldown", headers: { "retry-after": "2" } }],
  ])("tells in words: %s", async (words, refusal) => {
    const end = await refuse(page, "/token", refusal);
    await button(page, "Check and save the key").click();
    await page.getByRole("alert").getByText(words).waitFor();
    await end();
  });

  it("counts a wait down, and takes the try again when it is over", async () => {
    const again = button(page, "Try again");
    expect(await again.getAttribute("aria-disabled")).toBe("true");
    await page.locator("button:not([aria-disabled])", { hasText: "Try again" }).click();
    await page.getByRole("alert").getByText("Gradient does not accept this key").waitFor();
  });

  it("asks before it changes to another organization of Gradient", async () => {
    const more = { current: { id: "1", name: "Old Organization" }, new: { id: "2", name: "New Organization" } };
    const end = await refuse(page, "/token", { status: 409, code: "organization.differs", more });
    await button(page, "Check and save the key").click();
    await button(page, "Keep Old Organization").waitFor();
    await end();
    const sent = page.waitForRequest((request) => request.url().endsWith("/token") && request.method() === "PUT");
    await button(page, "Change the organization").click();
    expect((await sent).postDataJSON()).toMatchObject({ confirmOrganizationChange: true });
    await page.getByRole("alert").waitFor();
  });

  it("loses nothing without a network", async () => {
    await page.context().setOffline(true);
    await button(page, "Check and save the key").click();
    await page.getByRole("alert").getByText("No connection").waitFor();
    await page.getByText("It is tried again by itself").waitFor();
    await page.context().setOffline(false);
    await page.getByText("It is tried again by itself").waitFor({ state: "detached" });
    expect(await page.getByLabel("Your Gradient key").inputValue()).toBe("a-key-that-nobody-has-generated");
  });

  it("takes the key, shows whose it is, and is at the agreement after a reload and in another tab", async () => {
    const { generateKey } = await gradientPeople(system, organization);
    await page.getByLabel("Your Gradient key").fill(` "${await generateKey()}"\n`);
    await page.keyboard.press("Enter");
    await untilFocused(page, "H3 Your agreement");
    await page.reload();
    await page
      .getByText(/^people's names or e-mail addresses|Not shared:/)
      .first()
      .waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    await page.getByText(`Connected with ${organization}`).waitFor();
  });

  it("confirms the agreement once in two tabs, and shows the owner's mail", async () => {
    const other = await tabOf("/connect/1");
    for (const tab of [page, other]) await button(tab, "Confirm the agreement").waitFor();
    // a reading finds it confirmed before the answer to the press is there
    await page.route("**/agreement/confirmations", async (route) => {
      const answer = await route.fetch();
      await page.getByText(/^Version .* by Marta Keller$/).waitFor();
      await route.fulfill({ response: answer });
    });
    await Promise.all([page, other].map((tab) => button(tab, "Confirm the agreement").click()));
    // the step's last act leads on to the next one
    for (const tab of [page, other]) await untilFocused(tab, "H2 Map customers and services");
    await page.unrouteAll();
    await other.context().close();
    await page.getByRole("link", { name: /Step 1/ }).click();
    await page.getByText(/^Version .* by Marta Keller$/).waitFor();
    // delivered as soon as its report has come
    await page.getByText(/^The e-mail to the owner (was sent|has arrived)\./).waitFor();
    await button(page, "Send the e-mail again").click();
    await page.getByRole("alert").getByText("The e-mail was sent a moment ago").waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
  });

  it("shows gaps with their units, leaves out with a reason, and takes in again", async () => {
    await button(page, "Next").click();
    await untilFocused(page, "H2 Map customers and services");
    // Gradient has matched equal names by itself, and nobody has to press anything to see it
    await page.getByText("29 of 37 customers mapped").waitFor();
    await page.getByText("Northgate Logistics · NORTHGATE LOGISTICS").waitFor();
    expect(await button(page, "Next").getAttribute("aria-disabled")).toBe("true");
    await page.getByRole("checkbox", { name: "Choose Granite Peak Engineering" }).check();
    await button(page, "Leave out 1 customer…").click();
    await page.getByLabel("Why?").fill("Billed by a contract of its own");
    expect(await faultsEverywhere(page)).toEqual([]);
    // meanwhile a customer is new, and nobody is unmapped any more
    const end = await readAs(page, ({ accounts, unmapped, lastCheckedAt, lastChanges, ...rest }) => ({
      ...rest,
      accounts: { ...accounts, mapped: 0 },
      lastCheckedAt,
      lastChanges: { ...lastChanges, at: lastCheckedAt, created: 1 },
      unmapped: { ...unmapped, accounts: [] },
    }));
    await page.getByText(/^1 customer of these has left the list meanwhile/).waitFor();
    expect(await page.getByText("are being put into Gradient").count()).toBe(0);
    await end();
    await button(page, "Leave out").click();
    await page.getByText("29 of 36 customers mapped").waitFor();
    await page.getByText("Show who and what").click();
    await page.getByText("“Billed by a contract of its own”").waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    await button(page, "Take in again Granite Peak Engineering").focus();
    await page.keyboard.press("Enter");
    await page.getByText("29 of 37 customers mapped").waitFor();
    // its row went with it
    await untilFocused(page, "H3 Left out of what is billed");
  });

  it("has Gradient looked at again when somebody comes back from its tab after a while", async () => {
    const asked = page.waitForRequest((request) => request.url().endsWith("/mapping/checks"));
    await page.evaluate(`
      const now = Date.now.bind(Date);
      Date.now = () => now() + 60_000;
      document.dispatchEvent(new Event("visibilitychange"));
    `);
    expect((await asked).postDataJSON()).toEqual({ automatic: true });
    await page.reload();
    await page.getByText("29 of 37 customers mapped").waitFor();
  });

  it("says once, since when and until when, that Gradient's trouble holds the calls", async () => {
    const held = { since: "2026-11-27T03:00:00.000Z", retryAt: new Date(Date.now() + 60 * 60_000).toISOString() };
    const waiting = { ...held, why: "gradient-refuses", linesAhead: null, expectedAt: null };
    const problems = [{ ...held, code: "gradient.forbidden", whatToDo: "There is nothing to do." }];
    const end = await readAs(
      page,
      ({ exports, ...rest }) => ({ ...rest, problems, exports: { ...exports, waiting } }),
      "/gradient",
    );
    const told = page.locator(".notice", { hasText: "Gradient refuses the calls for your organization" });
    await told.getByText(/^No call goes out until .*; then Gradient is asked again\. What you have mapped /).waitFor();
    expect(await told.count()).toBe(1);
    await button(page, "Check now").click();
    await page.getByText(/^Your check is kept\. No call goes out until .* is looked at by itself\.$/).waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    await end();
    await told.waitFor({ state: "detached" });
  });

  it("opens Next by itself, and stays where somebody is reading", async () => {
    const { read, mapAllExcept, finish } = await gradientPeople(system, organization);
    await eventually("the accounts in Gradient", async () => {
      const { accounts, services } = await read();
      return accounts.length >= 37 && services.length === 4 ? true : undefined;
    });
    await mapAllExcept(leftUnmapped);
    await finish();
    await button(page, "Check now").click();
    await page.getByText("Next is open: Approve usage.").waitFor();
    await page.getByRole("heading", { name: "Map customers and services", level: 2 }).waitFor();
    await page.getByText("34 of 37 customers mapped").waitFor();
  });

  it("shows what Gradient accepted, sends, and says what is left to do there", async () => {
    await button(page, "Next").click();
    await untilFocused(page, "H2 Approve usage");
    await page.getByText("11 not mapped, so not billed").waitFor();
    await page.locator("button:not([aria-disabled])", { hasText: "Send usage" }).waitFor();
    expect(await faultsEverywhere(page)).toEqual([]);
    const changes = changesOf(page);
    await button(page, "Send usage").dblclick();
    await page.reload();
    await page.getByText("accepted already, while the mapping was checked or by an earlier run").waitFor();
    expect(changes).toEqual(["POST /exports"]);
    await expect(page.locator("table").textContent()).resolves.not.toMatch(/approved/i);
    await page.getByText("A count that Gradient has accepted is not approved yet").waitFor();
    // each button goes when there is no more to show
    await page.getByRole("button", { name: /^Show 100 more of/ }).click();
    await page.getByRole("button", { name: /^Show all \d+ lines/ }).click();
    await untilFocused(page, "BUTTON Show the first 20 only");
  });

  it("ends: its steps say what they leave open, and the last button leads to the overview", async () => {
    await page.getByRole("link", { name: /Step 3: Approve usage.*sent: approve in Gradient/ }).waitFor();
    await page.getByRole("link", { name: /Step 2: .*done, but 3 customers not mapped/ }).waitFor();
    await button(page, "Go to the overview").click();
    await page.getByRole("heading", { name: "Is my usage in Gradient?" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Approve usage", level: 2 }).waitFor();
  });

  it("has the audit trail name each look that somebody pressed for, and none that the page asked for", async () => {
    const trail = await tabOf("/audit");
    await trail.getByText("Confirmed the agreement").waitFor();
    // two presses some seconds apart: the second joins the look of the first one unless that is over by then
    expect(looks.size).toBeGreaterThan(0);
    expect(await trail.getByText("Checked the mapping").count()).toBe(looks.size);
    await trail.context().close();
  });

  it("goes back by the browser's own button, and complained of nothing but refusals", async () => {
    await page.goBack();
    await page.getByRole("heading", { name: "Map customers and services", level: 2 }).waitFor();
    await page.goForward();
    await page.getByRole("heading", { name: "Approve usage", level: 2 }).waitFor();
    expect([...opened.hosts]).toEqual(["127.0.0.1"]);
    const unexpected = opened.complaints.filter(
      (complaint) => !/status of (4\d\d|50[0-3])|ERR_INTERNET_DISCONNECTED/.test(complaint),
    );
    expect(unexpected).toEqual([]);
  });
});
