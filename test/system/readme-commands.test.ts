import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { expectedCounts, readSample } from "#local/sample/sample";
import { type RunningSystem, startLocalSystem } from "./local-system.ts";
import { commandsAt, runCommands } from "./run-commands.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

let system: RunningSystem;
beforeAll(async () => {
  system = await startLocalSystem({ sample: true });
});
afterAll(async () => {
  await system?.stop();
});

/** The README's block of commands, at the addresses of this system instead of those of the default ports. */
const commands = (): string => {
  const block = [...readme.matchAll(/```sh\n(.*?)```/gs)].find(([, text]) =>
    text?.includes("# Start integration"),
  )?.[1];
  return commandsAt(system.endpoints, block ?? "exit 1");
};

const listed = z.object({
  items: z.array(z.object({ organizationId: z.string(), name: z.string(), connected: z.boolean() })),
});
/** The organization of the sample's partner, beside that of the other sample partner, which connects by itself. */
const organizations = async () =>
  listed
    .parse(await (await fetch(`${system.endpoints.gradient}/_partner/organizations`)).json())
    .items.filter(({ name }) => name === readSample().partner.name);
const held = z.object({ items: z.array(z.object({ unitCount: z.number() })) });

describe("a start with sample data", () => {
  it("has the sample's partner in Gradient, not connected, and says where to begin, and how to get its key", async () => {
    const found = await organizations();
    const { name } = readSample().partner;
    expect(found).toMatchObject([{ name, connected: false }]);

    const command = `curl -X POST ${system.endpoints.gradient}/_partner/organizations/${found[0]?.organizationId}/keys`;
    expect(system.output.filter((line) => line.includes(command))).toEqual([
      `Open ${system.endpoints.hubUi} in a browser: it says what to do. Or go on in the terminal, where ${name} gets its key in Gradient by: ${command}`,
    ]);
    expect(system.output.at(-2)).toBe("ready");
  });
});

describe("the commands in the README", () => {
  it("lead from Start integration to every count accepted", async () => {
    const { code, output } = await runCommands(commands());

    expect({ code, output }).toMatchObject({ code: 0 });
    const lines = expectedCounts().length;
    expect(output).toContain('"outcome":"succeeded"');
    const [, accepted, unchanged] = /"totals":\{"lines":\d+,"accepted":(\d+),"unchanged":(\d+),/.exec(output) ?? [];
    // a look at the mapping may have sent some before the run
    expect(Number(accepted) + Number(unchanged)).toBe(lines);
    const [organization] = await organizations();
    expect(organization).toMatchObject({ connected: true });
    const counts = await fetch(
      `${system.endpoints.gradient}/_partner/organizations/${organization?.organizationId}/counts`,
    );
    expect(held.parse(await counts.json()).items).toHaveLength(lines);
  }, 90_000);

  it("lead there a second time, and wait for the run that they have started then", async () => {
    const again = await runCommands(commands());

    expect(again).toMatchObject({ code: 0 });
    expect(again.output.match(/"mode":"full"/g)).toHaveLength(2);
    expect(again.output).not.toMatch(/"state":"(planned|sending)"/);
  }, 90_000);

  it("need nothing more said once the partner has its key", async () => {
    await system.restart();

    expect(system.output.at(-1)).toBe("ready");
    expect(await organizations()).toHaveLength(1);
  });
});
