import type { Table } from "#shared/table/table";

const writes = ["put", "delete", "transact"] as const satisfies (keyof Table)[];
const methods = ["get", "getMany", "query", "count", "due", ...writes] as const satisfies (keyof Table)[];

type Call = (...given: unknown[]) => Promise<unknown>;
interface Interrupted {
  /** How many writes there were. */
  writes: () => number;
  /** The table is as it was before. */
  restore: () => void;
}

/**
 * Puts `around` between this table and everybody who calls it; reads have the number of the write that follows them.
 */
const wrap = (
  table: Table,
  around: (write: number, call: () => Promise<unknown>, isWrite: boolean) => Promise<unknown>,
): Interrupted => {
  let count = 0;
  const plain = Object.fromEntries(methods.map((method) => [method, table[method]]));
  for (const method of methods) {
    const call = table[method] as Call;
    const isWrite = writes.some((write) => write === method);
    const wrapped: Call = (...given) => {
      count += Number(isWrite);
      return around(isWrite ? count : count + 1, () => call(...given), isWrite);
    };
    Object.assign(table, { [method]: wrapped });
  }
  return { writes: () => count, restore: () => void Object.assign(table, plain) };
};

/**
 * Has `other` done in full right before the write that is the `at`th from now on, when all that it rests on has been
 * read.
 */
export const interruptBefore = (table: Table, at: number, other: () => Promise<unknown>): Interrupted =>
  wrap(table, async (write, call, isWrite) => {
    if (write === at && isWrite) await other();
    return call();
  });

/** Whoever writes dies with its `at`th write, before it hears that it took effect. */
export const dieAfter = (table: Table, at: number): Interrupted =>
  wrap(table, async (write, call, isWrite) => {
    if (write < at || (write === at && !isWrite)) return call();
    if (write === at) await call();
    throw new Error("dead");
  });
