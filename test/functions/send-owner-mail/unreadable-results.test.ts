import { describe, expect, it } from "vitest";
import { owed } from "#test/builders/owed-result";
import { both, dayMs, quietWorld, refused } from "#test/builders/told-results";

describe("of runs that cannot be read", () => {
  it.each([
    ["itself", "partner#org-1", "export#"],
    ["its lines", "export#org-1#", ""],
  ])(
    "a run that cannot be read, %s, keeps no other of the mail from its reader, and is not dropped",
    async (_, pk, sk) => {
      const world = await quietWorld();
      for (const line of ["x", "y", "z"]) await owed(world, line, ["all", { [line]: "rejected" }]);
      await world.work();
      await owed(world, "held", ["all", refused]);
      await world.work();
      const last = [...world.table.rows.values()].findLast((row) => row.pk.startsWith(pk) && row.sk.startsWith(sk));
      if (last) await world.table.put({ ...last, id: 7, packed: 7 });
      await world.pass(dayMs);
      const held = () => world.mail({ partnerId: world.partnerId, mailId: "held" });
      await expect(held()).rejects.toThrow("cannot be read");

      await owed(world, "again", ["retry", { c: "rejected" }]);
      await world.work();
      await expect(held()).resolves.toBe("sent");
      expect(world.mailer.sent.at(-1)?.text).toContain("Customer c");
    },
  );

  it.each(["rejected", "accepted"] as const)(
    "what was told of a run that cannot be read any more passes for known no more; what was tried is then %s",
    async (outcome) => {
      const world = await quietWorld();
      await owed(world, "first", ["all", both]);
      await world.work();
      const row = [...world.table.rows.values()].findLast(({ sk }) => sk.startsWith("export#"));
      if (row) await world.table.put({ ...row, totals: 7 });
      await owed(world, "some", ["narrowed", { b: outcome }]);
      await world.work().catch(() => undefined);
      await owed(world, "again", ["all", both]);
      await world.work();
      const told = world.mailer.sent.map(({ reference }) => reference);
      expect(told).toEqual(outcome === "rejected" ? ["first", "some", "again"] : ["first", "again"]);
    },
  );
});
