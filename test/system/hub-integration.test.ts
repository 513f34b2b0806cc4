import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningSystem, startLocalSystem } from "./local-system.ts";
import { commandsAt, runCommands } from "./run-commands.ts";

const page = readFileSync(new URL("../../docs/hub-integration.md", import.meta.url), "utf8");

let system: RunningSystem;
beforeAll(async () => {
  system = await startLocalSystem({ sample: true });
});
afterAll(async () => {
  await system?.stop();
});

it("has commands that lead a hub engineer from nothing to a count that Gradient has accepted", async () => {
  const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text);
  expect(blocks).toHaveLength(4);

  const { code, output } = await runCommands(commandsAt(system.endpoints, blocks.join("\n")));

  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toContain('"id":"svc-mail"');
  expect(output).toContain('"id":"org-3001"');
  expect(output.match(/"accepted":1,"rejected":\[\]/g)).toHaveLength(2);
  expect(output).toContain('"state":"not-started"');
  expect(output).toContain('"lastAccepted":{"unitCount":17,');
});
