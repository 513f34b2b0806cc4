import { spawn } from "node:child_process";

const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: "open", win32: "explorer", linux: "xdg-open" };

/** Shows a page to the person at the desk, if there is a desk; without one nothing is lost. */
export const openPage = (url: string, environment: NodeJS.ProcessEnv): void => {
  const hasDesktop = process.platform !== "linux" || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
  const opener = openers[process.platform];
  if (opener === undefined || !hasDesktop) {
    return;
  }
  const child = spawn(opener, [url], { stdio: "ignore", detached: true });
  child.once("error", () => undefined);
  child.unref();
};
