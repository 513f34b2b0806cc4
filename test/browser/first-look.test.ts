import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSystem, startLocalSystem } from "#test/system/local-system";
import { faultsEverywhere, launchBrowser, openPage } from "./browser.ts";

let browser: Browser;
let system: RunningSystem;
beforeAll(async () => {
  [browser, system] = await Promise.all([launchBrowser(), startLocalSystem({ sample: true })]);
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

describe.each(["hubUi", "gradient", "mailbox"] as const)("the page of %s", (which) => {
  it("opens without a complaint, without another host, and for everybody", async () => {
    const { page, complaints, hosts } = await openPage(browser, system.endpoints[which]);
    await page.getByRole("heading", { level: 1 }).waitFor();

    expect(await faultsEverywhere(page)).toEqual([]);
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual(["127.0.0.1"]);
  });
});
