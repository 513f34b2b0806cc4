import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningSystem, startLocalSystem } from "./local-system.ts";
import { runCommands } from "./run-commands.ts";

const page = readFileSync(new URL("../../docs/hub-integration.md", import.meta.url), "utf8");

let system: RunningSystem;
beforeAll(async () => {
  system = await startLocalSystem({ sample: true });
});
afterAll(async () => {
  await system?.stop();
});

it("has commands that a hub engineer can paste: tokens, the feed, the state of the integration", async () => {
  const { api, issuer } = system.endpoints;
  const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text);
  expect(blocks).toHaveLength(3);

  const { code, output } = await runCommands(
    blocks.join("\n").replaceAll("http://127.0.0.1:4001", api).replaceAll("http://127.0.0.1:4004", issuer),
  );

  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toContain('"id":"svc-mail"');
  expect(output).toContain('"id":"org-1001"');
  expect(output.match(/"accepted":1,"rejected":\[\]/g)).toHaveLength(2);
  expect(output).toContain('"state":"not-started"');
});
