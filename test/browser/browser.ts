import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findBrowser } from "./find-browser.ts";

/** A browser without a window. Without the flags it would ask its maker's servers for this and that at each start. */
export const launchBrowser = async (): Promise<Browser> => {
  const executablePath = await findBrowser();
  if (executablePath === undefined) throw new Error("There is no browser to run browser tests in.");
  return await chromium.launch({
    executablePath,
    args: ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
};

export interface OpenedPage {
  page: Page;
  /** What the page wrote into the console as an error, and what it threw. */
  complaints: string[];
  /** Every host that the page asked for anything. */
  hosts: Set<string>;
}

/** A page of its own, as if of another person: no storage is shared. Its time-outs are short, since all is local. */
export const openPage = async (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", ...options });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith("http")) hosts.add(hostname);
  });
  await page.goto(url);
  return { page, complaints, hosts };
};

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const axeOptions = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
  // half a second of waiting for each frame; the only ones hold mails, which are looked at as pages
  iframes: false,
};

interface AxeResult {
  violations: { id: string; help: string; nodes: { target: string[]; failureSummary?: string }[] }[];
}

/** What axe finds against WCAG 2.2 AA on the page as it is now: rule, place and what to do. Empty where it is fine. */
export const accessibilityFaults = async (page: Page): Promise<string[]> => {
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResult>(`axe.run(${JSON.stringify(axeOptions)})`);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary = "" }) => `${id}: ${help} at ${target.join(" ")} (${failureSummary})`),
  );
};

/** Does the page move sideways? Wide parts of it may, within themselves. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>("document.documentElement.scrollWidth > document.documentElement.clientWidth");

// Contrast follows the theme and layout the width: two of the four meet both of each. AXE_EVERYWHERE=1 looks at all.
const looks = [
  { colorScheme: "dark", width: 360 },
  { colorScheme: "light", width: 1280 },
  ...(process.env.AXE_EVERYWHERE
    ? [{ colorScheme: "light", width: 360 } as const, { colorScheme: "dark", width: 1280 } as const]
    : []),
] as const;

/** The same in both themes, and at a phone's and a desk's width; leaves the page as a light one of 1,280 px. */
export const faultsEverywhere = async (page: Page): Promise<string[]> => {
  const found: string[] = [];
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    const faults = await accessibilityFaults(page);
    if (await isTooWide(page)) faults.push("the page scrolls sideways");
    found.push(...faults.map((fault) => `${colorScheme}, ${width} px: ${fault}`));
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 900 });
  return found;
};
