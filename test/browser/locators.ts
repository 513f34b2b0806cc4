import type { Page } from "playwright-core";

/** By its name, or by a part of it. */
export const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
export const link = (page: Page, name: string | RegExp) => page.getByRole("link", { name });
/** Waits until the page has this title. */
export const title = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
