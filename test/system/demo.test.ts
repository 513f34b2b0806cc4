import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { portsFrom, requireFreePorts } from "#local/ports";
import { removeFolder, temporaryFolder } from "./host-harness.ts";
import { hubSession } from "./hub-session.ts";
import { startLocalSystem } from "./local-system.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));

/** The first of five free ports in a row. */
const freePortBase = async (): Promise<number> => {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 10_000);
    const isFree = await requireFreePorts(portsFrom(base)).then(
      () => true,
      () => false,
    );
    if (isFree) return base;
  }
};

it("takes the journey on the ports that were asked for, ends, and comes back by the command that it names", async () => {
  const base = await freePortBase();
  const child = spawn(process.execPath, ["local/demo/demo.ts"], {
    cwd: join(import.meta.dirname, "../.."),
    env: { PATH: process.env.PATH, GRADIENT_BILLING_STATE: folder, PORT_BASE: String(base) },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 100_000,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  await once(child, "close");

  expect({ code: child.exitCode, output }).toMatchObject({ code: 0 });
  expect(output).toContain(`its API at http://127.0.0.1:${base + 1}.`);
  expect(output.trimEnd().split("\n").at(-1)).toBe(`    PORT_BASE=${base} GRADIENT_BILLING_STATE=${folder} npm start`);
  await requireFreePorts(portsFrom(base));
  expect(existsSync(join(folder, "endpoints.json"))).toBe(false);

  // what failed and was tried again may have come to its end all the same
  const log = readFileSync(join(folder, "logs/functions.log"), "utf8").split("\n");
  expect(log.length).toBeGreaterThan(10);
  expect(log.filter((line) => line.includes('"level":"ERROR"'))).toEqual([]);

  const again = await startLocalSystem({ stateFolder: folder });
  const session = await hubSession(again, "org-1001");
  expect(await session("GET /v1/integrations/gradient", {})).toMatchObject({ body: { state: "active" } });
  await again.stop();
}, 120_000);
