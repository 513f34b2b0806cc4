import type { Item, Key, Table, Write } from "#shared/table/table";
import { type InMemoryTable, inMemoryTable } from "#test/fakes/in-memory-table";
import type { FleetClock } from "./fleet-clock.ts";
import type { Hops } from "./hops.ts";

interface Settings {
  clock: FleetClock;
  hops: Hops;
  /** What a partner has before the bench begins, without its integration: made when somebody asks for it first. */
  rowsOf: (partnerId: string) => Iterable<Item>;
  /** Told of every row that is written. */
  onPut: (row: Item) => void;
  /** Puts something between, that counts. */
  through?: ((table: Table) => Table) | undefined;
}

export interface FleetTable {
  rows: InMemoryTable;
  /** The table as one process sees it: every call takes its time. */
  portFor(process: Process): Table;
  /** Drops a partner's rows that can be made again, and those of a run that nobody will ask for. */
  forget(partnerId: string, exportId: string): void;
  calls(): number;
}

export interface Process {
  /** Told before each write. */
  onWrite?: (keys: Key[]) => void;
}

const keyOf = (write: Write): Key => ("put" in write ? write.put : "delete" in write ? write.delete : write.check);
const partnerPrefix = "partner#";
// made again from the partner's number
const isMadeAgain = (sk: string): boolean => sk.startsWith("customer#") || sk.startsWith("usage#");
const needsMaking = (sk: string): boolean => isMadeAgain(sk) || sk.startsWith("ledger#");

/** The table of a whole fleet: what a partner has had all along takes no memory while nobody is at it. */
export const fleetTable = ({ clock, hops, rowsOf, onPut, through = (table) => table }: Settings): FleetTable => {
  const rows = inMemoryTable();
  const table = through(rows);
  const made = new Set<string>();
  const begun = new Set<string>();
  let calls = 0;

  const make = (pk: string): void => {
    const partnerId = pk.slice(partnerPrefix.length);
    if (!pk.startsWith(partnerPrefix) || made.has(partnerId)) return;
    const isFirst = !begun.has(partnerId);
    made.add(partnerId);
    begun.add(partnerId);
    const its = rowsOf(partnerId);
    rows.load(isFirst ? its : [...its].filter(({ sk }) => isMadeAgain(sk)));
  };
  const makeFor = (keys: Key[]): void => {
    for (const { pk, sk } of keys) if (needsMaking(sk)) make(pk);
  };
  const told = (writes: Write[]): void => {
    for (const write of writes) if ("put" in write) onPut(write.put);
  };

  const portFor = ({ onWrite = () => undefined }: Process): Table => {
    const write = async (writes: Write[], ms: number, call: () => Promise<void>): Promise<void> => {
      calls += 1;
      const keys = writes.map(keyOf);
      onWrite(keys);
      await clock.sleep(ms);
      makeFor(keys);
      await call();
      told(writes);
    };
    const withExpect = (expect: Write["expect"]) => (expect === undefined ? {} : { expect });
    return {
      get: async (key) => {
        calls += 1;
        await clock.sleep(hops.table);
        makeFor([key]);
        return table.get(key);
      },
      getMany: async (keys) => {
        calls += 1;
        await clock.sleep(hops.table);
        makeFor(keys);
        return table.getMany(keys);
      },
      query: async (query) => {
        calls += 1;
        await clock.sleep(hops.table);
        if (needsMaking(query.prefix ?? "")) make(query.pk);
        return table.query(query);
      },
      count: async (rows) => {
        calls += 1;
        await clock.sleep(hops.table);
        if (needsMaking(rows.prefix)) make(rows.pk);
        return table.count(rows);
      },
      due: async (query) => {
        calls += 1;
        await clock.sleep(hops.table);
        return table.due(query);
      },
      put: (item, expect) => write([{ put: item, ...withExpect(expect) }], hops.table, () => table.put(item, expect)),
      delete: (key, expect) =>
        write([{ delete: key, ...withExpect(expect) }], hops.table, () => table.delete(key, expect)),
      transact: (writes) => write(writes, hops.transaction, () => table.transact(writes)),
    };
  };

  return {
    rows,
    portFor,
    calls: () => calls,
    forget: (partnerId, exportId) => {
      const chunks = [...rows.partition(`export#${partnerId}#${exportId}`)];
      rows.unload(chunks);
      const its = [...rows.partition(`${partnerPrefix}${partnerId}`)];
      rows.unload(
        its.filter(
          ({ sk }) =>
            isMadeAgain(sk) || sk.startsWith("event#") || sk === `export#${exportId}` || sk.startsWith("look#"),
        ),
      );
      made.delete(partnerId);
    },
  };
};
