import { expect, it } from "vitest";
import { UnreadableRecord } from "#shared/errors";
import { type CustomerUsage, readUsageAmong } from "#shared/usage/usage";
import { aTableWith } from "#test/builders/table";
import { aCustomerUsage, aUsageRow } from "#test/builders/usage";

const customers = Array.from({ length: 40 }, (_, index) => `c${index}`);
const usageOf = (customerId: string): CustomerUsage => aCustomerUsage({ customerId });

/** What is read of these customers of a partner with so many lines, and by which calls. */
const readWith = async (customerIds: string[], lines: number, change: (row: { sk: string }) => object = () => ({})) => {
  const rows = customers.map((customerId) => {
    const row = aUsageRow({ customerId });
    return { ...row, ...change(row) };
  });
  const table = await aTableWith(...rows);
  const calls: string[] = [];
  const found = await readUsageAmong(
    {
      getMany: (keys) => {
        calls.push(`${keys.length} by their keys`);
        return table.getMany(keys);
      },
      query: (query) => {
        calls.push("together");
        return table.query(query);
      },
    },
    usageOf("c0").partnerId,
    customerIds,
    lines,
  );
  return { found, calls };
};

it("reads a small partner's rows together: each by its key is charged as four kilobytes", async () => {
  const { found, calls } = await readWith(["c3", "c30", "unknown", "c7", "c8", "c9"], 160);

  expect(calls).toEqual(["together"]);
  expect([...found.keys()].sort()).toEqual(["c3", "c30", "c7", "c8", "c9"]);
  expect(found.get("c30")).toMatchObject({ counts: usageOf("c30").counts });
});

it.each([
  ["of a few customers", ["c3", "c30"], 160],
  ["of a large partner", ["c3", "c4", "c5", "c6", "c7", "c8"], 100_000],
  [
    "of a run that does not know how many lines there are",
    ["c3", "c4", "c5", "c6", "c7", "c8"],
    Number.POSITIVE_INFINITY,
  ],
])("reads by their keys those %s", async (_, customerIds, lines) => {
  const { found, calls } = await readWith(customerIds, lines);

  expect(calls).toEqual([`${customerIds.length} by their keys`]);
  expect([...found.keys()]).toEqual(customerIds);
});

it("is not harmed by another customer's row that cannot be read", async () => {
  const broken = ({ sk }: { sk: string }) => (sk === "usage#c20" ? { counts: 5 } : {});

  expect((await readWith(customers.slice(0, 10), 160, broken)).found.size).toBe(10);
  await expect(readWith(customers.slice(15, 25), 160, broken)).rejects.toThrow(UnreadableRecord);
});
