import { conflict, type Key, type Query, type Write } from "#shared/table/table";
import type { InMemoryTable } from "./in-memory-table.ts";

/**
 * A table that takes time, by `sleep` in milliseconds. As in DynamoDB a row that is part of a transaction under way
 * refuses every other write and condition.
 */
export const takingTime = (memory: InMemoryTable, sleep: (ms: number) => Promise<void>) => {
  const busy = new Set<string>();
  const taking = async <T>(ms: number, answer: () => Promise<T>): Promise<T> => {
    await sleep(ms);
    return answer();
  };
  const nameOf = (write: Write): string => {
    const { pk, sk } = "put" in write ? write.put : "delete" in write ? write.delete : write.check;
    return `${pk} ${sk}`;
  };
  return {
    ...memory,
    get: (key: Key) => taking(5, () => memory.get(key)),
    getMany: (keys: Key[]) => taking(10, () => memory.getMany(keys)),
    query: (query: Query) => taking(8, () => memory.query(query)),
    transact: async (writes: Write[]) => {
      const names = writes.map(nameOf);
      await sleep(15);
      if (names.some((name) => busy.has(name))) throw conflict();
      for (const name of names) busy.add(name);
      await sleep(30);
      for (const name of names) busy.delete(name);
      await memory.transact(writes);
    },
  };
};
