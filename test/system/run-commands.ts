import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { RunningSystem } from "./local-system.ts";

/**
 * The commands of a page, for a system at other ports than the page's. All in one pass: another address may begin as
 * one of the page's does, `http://127.0.0.1:40021` for instance.
 */
export const commandsAt = ({ hubUi, api, gradient, mailbox, issuer }: RunningSystem["endpoints"], text: string) => {
  const urls = [hubUi, api, gradient, mailbox, issuer];
  return text.replace(/http:\/\/127\.0\.0\.1:400([0-4])\b/g, (_, place: string) => urls[Number(place)] ?? "");
};

const folders = (process.env.PATH ?? "").split(delimiter);
const hasCurl = folders.some((folder) => existsSync(join(folder, "curl")));

/** What they print, in a plain POSIX shell that stops at the first mistake. */
export const runCommands = async (text: string): Promise<{ code: number | null; output: string }> => {
  const path = hasCurl ? folders : [join(import.meta.dirname, "../fixtures/curl"), ...folders];
  const child = spawn("sh", ["-eu", "-c", text], {
    env: { ...process.env, PATH: path.join(delimiter) },
    stdio: ["ignore", "pipe", "pipe"],
    // its loops wait for as long as it takes
    timeout: 80_000,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  await once(child, "close");
  return { code: child.exitCode, output };
};
