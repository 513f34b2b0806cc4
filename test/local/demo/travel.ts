import { takeJourney } from "#local/demo/journey";
import { terminalOn } from "#local/demo/traveller/terminal";
import type { LoopbackServer } from "#test/local/loopback-server";

/** The whole journey through one server; what it has shown. */
export const travel = async ({ url }: LoopbackServer, written: string[] = []): Promise<string> => {
  const terminal = terminalOn({ write: (text) => written.push(text), ansi: false });
  await takeJourney({ hubUi: url, api: url, gradient: url, mailbox: url, issuer: url }, terminal);
  return written.join("");
};
