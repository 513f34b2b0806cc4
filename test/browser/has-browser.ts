import { findBrowser } from "./find-browser.ts";

// for .ci/run, which gets one where there is none
process.exitCode = (await findBrowser()) === undefined ? 1 : 0;
