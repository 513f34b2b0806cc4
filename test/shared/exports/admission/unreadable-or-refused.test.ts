import { describe, expect, it } from "vitest";
import { AppError, InfrastructureFault } from "#shared/errors";
import { admitNext } from "#shared/exports/admission/admit";
import { integrationKey } from "#shared/integrations/integration";
import type { Item, Write } from "#shared/table/table";
import { fleetOf, largeSizes, named, waiting } from "#test/builders/fleet";
import { printedBy } from "#test/builders/stdout";
import { minutesAfter, noon } from "#test/builders/time";

describe("keeps no other back:", () => {
  it("a partner whose record cannot be read", async () => {
    const broken = named(30, "broken").map((id) => ({ ...waiting(id, 60), wants: "?" }) as Item);
    const fleet = await fleetOf(...broken, waiting("p", 5));

    expect(await fleet.admitAll()).toEqual(["p"]);
  });

  it("more partners whose records cannot be read than anybody reads at a time, each for an hour", async () => {
    const unreadable = named(130).map((id) => ({ ...waiting(id, 60), state: 7 }));
    const fleet = await fleetOf(...unreadable, waiting("good", 5));
    const ticks = async (count: number) => {
      const admitted: string[] = [];
      for (let tick = 0; tick < count; tick += 1) admitted.push(...(await fleet.admitAll()));
      return admitted;
    };

    const printed = await printedBy(async () => {
      expect(await ticks(3)).toEqual(["good"]);
    });

    expect(printed.split("\n").filter((line) => line.includes("a partner cannot be admitted"))).toHaveLength(130);
    expect((await fleet.table.get(integrationKey("p-00")))?.dueAt).toBe(minutesAfter(60));
  });

  it.each([
    ["throttles", new AppError("unavailable", "table.unavailable", "busy")],
    ["refuses", new InfrastructureFault("too large")],
  ])("a partner whose row the table %s, which is passed over for a minute and a half", async (_, error) => {
    const fleet = await fleetOf(waiting("bad", 60), waiting("good", 5), waiting("next", 4));
    const tries: number[] = [];
    const transact = async (writes: Write[]): Promise<void> => {
      const isBad = writes.some((write) => "put" in write && write.put.pk === "partner#bad");
      if (isBad) tries.push(fleet.now().getTime() - Date.parse(noon));
      if (isBad) throw error;
      await fleet.table.transact(writes);
    };
    const admit = admitNext({ ...fleet, table: { ...fleet.table, transact } });

    await printedBy(async () => {
      expect((await admit(null))?.partnerId).toBe("good");
      fleet.pass(89_000);
      expect((await admit(null))?.partnerId).toBe("next");
      fleet.pass(1_000);
      expect(await admit(null)).toBeUndefined();
    });
    expect(tries).toEqual([0, 90_000]);
  });

  it("as many whom the table refuses for good as end a search, each minute's in turn", async () => {
    const fleet = await fleetOf(...named(3).map((id) => waiting(id, 60)), waiting("good", 5), waiting("next", 4));
    const transact = async (writes: Write[]): Promise<void> => {
      if (writes.some((write) => "put" in write && write.put.pk.startsWith("partner#p-"))) {
        throw new InfrastructureFault("too large");
      }
      await fleet.table.transact(writes);
    };
    const admit = admitNext({ ...fleet, table: { ...fleet.table, transact } });
    const admitted: (string | undefined)[] = [];

    await printedBy(async () => {
      for (let job = 0; job < 4; job += 1) {
        admitted.push((await admit(null).catch(() => undefined))?.partnerId);
        fleet.pass(60_000);
      }
    });
    expect(admitted).toEqual([undefined, "good", undefined, "next"]);
  });

  it("a run under way whose row the table does not give out", async () => {
    const large = named(15, "large");
    const fleet = await fleetOf(...large.map((id) => waiting(id, 60, "all", largeSizes)));
    await fleet.admitAll();
    await fleet.table.put(waiting("small", 5));
    const getMany = async () => {
      throw new AppError("unavailable", "table.unavailable", "busy");
    };

    await printedBy(async () => {
      expect(await fleet.take("worker", { ...fleet.table, getMany })).toMatchObject({ partnerId: "small" });
    });
    expect((await fleet.admission()).places).toHaveLength(16);
  });

  it("nobody where the table refuses one after the other: that is no partner's trouble", async () => {
    const fleet = await fleetOf(...named(9).map((id) => waiting(id, 5)));
    let tries = 0;
    const transact = async (): Promise<void> => {
      tries += 1;
      throw new InfrastructureFault("no right");
    };

    await printedBy(() => expect(fleet.admit({ ...fleet.table, transact })).rejects.toThrow("no right"));

    expect(tries).toBe(3);
  });
});
