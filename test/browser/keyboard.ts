import type { Locator, Page } from "playwright-core";

/** Goes on by Tab until this has the focus, as somebody without a mouse would; fails where no Tab leads there. */
export const tabTo = async (page: Page, target: Locator): Promise<void> => {
  await target.waitFor();
  for (let steps = 0; steps < 120; steps++) {
    if ((await target.and(page.locator(":focus")).count()) > 0) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("No Tab leads there.");
};

export const press = async (page: Page, ...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
