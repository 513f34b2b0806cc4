import * as z from "zod";
import { corruptState, readJournal, rewriteJournal } from "./journal.ts";
import { keys, schemas, type TableName, type Tables } from "./records.ts";

export type Change<T extends TableName = TableName> = {
  [Name in T]: { table: Name; key: string; value: Tables[Name] | null };
}[T];

export const put = <T extends TableName>(table: T, value: Tables[T]): Change<T> => ({
  table,
  key: keys[table](value),
  value,
});

export const drop = <T extends TableName>(table: T, value: Tables[T]): Change<T> => ({
  table,
  key: keys[table](value),
  value: null,
});

type Maps = { [T in TableName]: Map<string, Tables[T]> };
export type Read = { [T in TableName]: ReadonlyMap<string, Tables[T]> };

export interface StateStore {
  read: Read;
  /** All of the changes or, when the disk refuses them, none; on disk before it returns. */
  commit(...changes: Change[]): void;
  close(): void;
}

const changeOf = <T extends TableName, S extends z.ZodType>(table: T, value: S) =>
  z.object({ table: z.literal(table), key: z.string(), value: value.nullable() });

const journalLine = z.array(
  z.discriminatedUnion("table", [
    changeOf("vendor", schemas.vendor),
    changeOf("services", schemas.services),
    changeOf("organizations", schemas.organizations),
    changeOf("accounts", schemas.accounts),
    changeOf("organizationServices", schemas.organizationServices),
    changeOf("serviceLinks", schemas.serviceLinks),
    changeOf("psaClients", schemas.psaClients),
    changeOf("psaProducts", schemas.psaProducts),
    changeOf("counts", schemas.counts),
    changeOf("billed", schemas.billed),
  ]),
);

const apply = <T extends TableName>(maps: Maps, change: Change<T>): void => {
  const map: Map<string, Tables[T]> = maps[change.table];
  if (change.value === null) map.delete(change.key);
  else map.set(change.key, change.value);
};

const parseLine = (line: string): Change[] | undefined => {
  try {
    return journalLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
};

const recordsOf = <T extends TableName>(maps: Maps, table: T): string[] =>
  [...maps[table].values()].map((value) => JSON.stringify([put(table, value)]));

const tableNames: TableName[] = [
  "vendor",
  "services",
  "organizations",
  "accounts",
  "organizationServices",
  "serviceLinks",
  "psaClients",
  "psaProducts",
  "counts",
  "billed",
];

/** The sandbox's whole state: in memory, with every change appended to a journal that is compacted at each start. */
export const openStateStore = (file: string): StateStore => {
  const maps: Maps = {
    vendor: new Map(),
    services: new Map(),
    organizations: new Map(),
    accounts: new Map(),
    organizationServices: new Map(),
    serviceLinks: new Map(),
    psaClients: new Map(),
    psaProducts: new Map(),
    counts: new Map(),
    billed: new Map(),
  };
  for (const [index, line] of readJournal(file).entries()) {
    const changes = parseLine(line);
    // the header is line 1
    if (!changes) throw corruptState(file, index + 2);
    for (const change of changes) apply(maps, change);
  }
  const journal = rewriteJournal(
    file,
    tableNames.flatMap((table) => recordsOf(maps, table)),
  );
  return {
    read: maps,
    commit: (...changes) => {
      if (changes.length === 0) return;
      journal.append(JSON.stringify(changes));
      for (const change of changes) apply(maps, change);
    },
    close: () => journal.close(),
  };
};
