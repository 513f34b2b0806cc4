import { expect, it } from "vitest";
import { AppError } from "#shared/errors";
import { handleDueRows } from "#shared/table/due-items";
import type { Key } from "#shared/table/table";
import { aTableWith } from "#test/builders/table";
import { noon } from "#test/builders/time";

const due = (pk: string) => ({ pk, sk: "row", version: 1, dueKind: "kind", dueAt: noon });
const until = new Date(noon);

it("one due row that the table does not give out keeps no other from its turn, and is told of", async () => {
  const table = await aTableWith(due("a"), due("throttled"), due("z"));
  const orBusy = async <T>(keys: Key[], read: () => Promise<T>): Promise<T> => {
    if (keys.some(({ pk }) => pk === "throttled")) throw new AppError("unavailable", "table.unavailable", "busy");
    return read();
  };
  const partly = {
    due: table.due,
    getMany: (keys: Key[]) => orBusy(keys, () => table.getMany(keys)),
    get: (key: Key) => orBusy([key], () => table.get(key)),
  };
  const handled: string[] = [];
  const handle = async ({ pk }: Key) => void handled.push(pk);

  await expect(handleDueRows({ table: partly, kind: "kind", until, hasTime: () => true }, handle)).rejects.toThrow(
    "busy",
  );

  expect(handled).toEqual(["a", "z"]);
});
