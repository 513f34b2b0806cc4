import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Breaker, breakerWrite, findBreaker, opened } from "#shared/breakers/state/breaker";
import { stages, tables } from "./stages.ts";

let world: Awaited<ReturnType<typeof stages>>;

const open = async (
  table: string,
  key: string,
  trouble: "refused" | "doubted" | "gradient-refuses",
  at = "2026-11-22T10:00:00.000Z",
) => {
  const found = await findBreaker(world.tableOf(table), key);
  await world.tableOf(table).put(breakerWrite(opened(found, trouble, Date.parse(at))).put);
};
const rowOf = (table: string, key: string): Promise<Breaker> => findBreaker(world.tableOf(table), key);

beforeAll(async () => {
  world = await stages("breakers");
});
beforeEach(() => world.startLocal());
afterAll(() => world.close());

// each run is a process of its own
describe("npm run breakers", { timeout: 60_000 }, () => {
  it("lists what is open, and closes it: in the table of a stage", async () => {
    expect((await world.runInAws(["list", "--stage", "prod"])).out).toBe("Nothing is open.\n");
    await open(tables.prod, "vendor", "gradient-refuses");
    expect((await world.runInAws(["list", "--stage", "prod"])).out).toBe(
      "vendor  gradient-refuses since 2026-11-22 10:00:00 UTC, Gradient is asked again at 2026-11-22 10:15:00 UTC\n",
    );

    const before = Date.now();
    const closed = await world.runInAws(["close", "vendor", "--stage", "prod"]);
    expect(closed).toEqual({
      code: 0,
      out: "The breaker vendor is closed. Whoever waits goes on within a minute or two.\n",
      err: "",
    });
    const row = await rowOf(tables.prod, "vendor");
    expect(row).toMatchObject({ trouble: null, owesRelease: true });
    // by the table's clock, in whole seconds
    expect(Date.parse(row.changedAt)).toBeGreaterThanOrEqual(before - 1000);
    expect(Date.parse(row.changedAt)).toBeLessThan(Date.now() + 2000);

    const again = await world.runInAws(["close", "vendor", "--stage", "prod"]);
    expect(again).toEqual({ code: 1, out: "", err: "Nothing is open under vendor.\n" });
  });

  it("says of a partner, while nobody's calls get through, that it waits for that", async () => {
    await open(tables.prod, "vendor", "gradient-refuses");
    await open(tables.prod, "partner#org-1001", "doubted");

    const { out } = await world.runInAws(["list", "--stage", "prod"]);

    const meant = await world.runInAws(["close", "org-1001", "--stage", "prod"]);
    expect(meant.err).toBe("Nothing is open under org-1001. There is partner#org-1001.\n");
    expect(out.split("\n")).toEqual([
      "vendor  gradient-refuses since 2026-11-22 10:00:00 UTC, Gradient is asked again at 2026-11-22 10:15:00 UTC",
      "partner#org-1001  doubted since 2026-11-22 10:00:00 UTC, Gradient is asked again once vendor is closed",
      "",
    ]);
    expect((await world.runInAws(["close", "partner#org-1001", "--stage", "prod"])).out).toBe(
      "The breaker partner#org-1001 is closed. Whoever waits goes on once vendor is closed.\n",
    );
    await open(tables.prod, "partner#org-1001", "doubted");
    expect((await world.runInAws(["close", "vendor", "--stage", "prod"])).code).toBe(0);
    expect((await world.runInAws(["list", "--stage", "prod"])).out).toBe(
      "partner#org-1001  doubted since 2026-11-22 10:00:00 UTC, Gradient is asked again at 2026-11-22 10:01:00 UTC\n",
    );
  });

  it("closes in the local system, which it finds by its state folder", async () => {
    await open(tables.local, "partner#org-1001", "refused");
    expect((await world.run(["close", "partner#org-1001", "--stage", "local"])).code).toBe(0);
    expect(await rowOf(tables.local, "partner#org-1001")).toMatchObject({ trouble: null });

    world.stopLocal();
    expect(await world.run(["list", "--stage", "local"])).toMatchObject({
      code: 1,
      err: "The local system does not run: npm start\n",
    });
  });

  it("closes in a table that is named, where a stage has several or none", async () => {
    expect((await world.runInAws(["list", "--stage", "dev"])).err).toContain("Several tables");
    await open(tables.dev, "vendor", "gradient-refuses");
    expect((await world.runInAws(["close", "vendor", "--table", tables.dev])).code).toBe(0);
    expect(await rowOf(tables.dev, "vendor")).toMatchObject({ trouble: null });
  });

  it("says which settings of AWS it needs", async () => {
    // nor has whoever runs this test set one
    const nowhere = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
    const { code, err } = await world.run(["list", "--stage", "prod"], nowhere);

    expect(code).toBe(1);
    expect(err).toMatch(/^No AWS region is set: .*AWS_REGION.*AWS_PROFILE/);
  });

  it("says how it is used", async () => {
    const { code, err } = await world.run([]);
    expect(code).toBe(1);
    expect(err).toContain("npm run breakers -- close vendor --stage prod");
  });
});
