import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const installed = [
  // without windows: a tenth less of the processor, and a package that brings no toolkit
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/opt/google/chrome/chrome",
  "/usr/bin/google-chrome",
  "/opt/microsoft/msedge/msedge",
];

const load = createRequire(import.meta.url);

/** A binary out of a package that nobody has to have; `.ci/run` adds it where nothing else is to be found. */
const packaged = async (): Promise<string | undefined> => {
  try {
    const entry = load.resolve("@sparticuz/chromium");
    const { default: chromium }: { default: { executablePath(): Promise<string> } } = await import(entry);
    return await chromium.executablePath();
  } catch {
    return undefined;
  }
};

/** The browser that tests drive: the one that `BROWSER_EXECUTABLE` names, an installed one, or one out of a package. */
export const findBrowser = async (environment: NodeJS.ProcessEnv = process.env): Promise<string | undefined> => {
  const { BROWSER_EXECUTABLE: named } = environment;
  if (named !== undefined && named !== "") return existsSync(named) ? named : undefined;
  return installed.find((file) => existsSync(file)) ?? (await packaged());
};
