import type { Page } from "playwright-core";

/** How many bytes of scripts and styles came over the wire by the time `load` is done. */
export const bytesOfFirstLoad = async (page: Page, load: () => Promise<unknown>): Promise<number> => {
  let bytes = 0;
  const counts = (response: { url(): string; headers(): Record<string, string> }): void => {
    if (new URL(response.url()).pathname.startsWith("/assets/")) bytes += Number(response.headers()["content-length"]);
  };
  page.on("response", counts);
  await load();
  page.off("response", counts);
  return bytes;
};
