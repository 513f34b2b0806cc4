import { AppError, isAppError } from "../errors.ts";

export interface Key {
  pk: string;
  sk: string;
}

/**
 * One row. Every row is written whole and carries a `version` that its writers count up, so the only condition that the
 * service needs is "still as I read it".
 */
export interface Item extends Key {
  version: number;
  [field: string]: unknown;
}

/** `"absent"`: no row there yet. A number: the row still has this version. Left out: whatever is there. */
export type Expectation = "absent" | number;

export type Write =
  | { put: Item; expect?: Expectation }
  | { delete: Key; expect?: Expectation }
  | { check: Key; expect: Expectation };

/** A whole row for a place in the table, and what that place has to hold until then. */
export interface RowWrite {
  put: Item;
  expect: Expectation;
}

/** The value as it is once its write has taken effect. */
export const written = <T extends { version: number }>(value: T): T => ({ ...value, version: value.version + 1 });

/**
 * The new state of a row, if nobody has changed it since it was read. Version 0 stands for a row that is not there yet.
 */
export const versioned = (row: Item): RowWrite => ({
  put: written(row),
  expect: row.version === 0 ? "absent" : row.version,
});

/** A row that is not there yet. */
export const added = (row: Key & Record<string, unknown>): RowWrite => versioned({ ...row, version: 0 });

export interface Query {
  pk: string;
  /** Only sort keys that begin so. */
  prefix?: string;
  /** Only sort keys after this one, in the order of the query. */
  after?: string;
  descending?: boolean;
  /** At most so many rows; a page may hold fewer, `next` tells whether more follow. */
  limit?: number;
}

export interface Page<T> {
  items: T[];
  /** Where the next page starts (`after`); null when this was the last. */
  next: string | null;
}

/**
 * Where rows are found again by a moment: a row with `<index>Kind` and `<index>At` is in that index. `due` is for what
 * has priority, so that nobody has to read past what may wait, or past what only looks at Gradient.
 */
export const dueIndexes = ["due", "idle", "look"] as const;
export type DueIndex = (typeof dueIndexes)[number];

export interface DueQuery {
  /** `due` unless given. */
  index?: DueIndex;
  kind: string;
  /** RFC 3339; rows due at this time or before. */
  until: string;
  limit: number;
  /** The last key of the page before. */
  after?: DueKey;
}

/** Which rows to count: those of a partition whose sort keys begin so. */
export interface Counted {
  pk: string;
  prefix: string;
  /** What of them is counted apart: by fields that have a value, or none. */
  where: Record<string, "something" | "nothing">;
}

export interface DueKey extends Key {
  dueAt: string;
}

/**
 * The one table, as narrow as the service needs it: whole rows, one kind of condition, transactions of at most 100
 * writes. Rows with a moment in an index are found again by `due`, rows with `expiresAt` (epoch seconds) vanish some
 * time after it. Throws `table.conflict` when an expectation does not hold, `table.unavailable` when the table did not
 * answer (then a write may or may not have happened), and an `InfrastructureFault` when it refuses the call.
 */
export interface Table {
  get(key: Key): Promise<Item | undefined>;
  /** Those rows that exist, in no order. At most 100 keys a call go out at once; more are cut into calls. */
  getMany(keys: Key[]): Promise<Item[]>;
  put(item: Item, expect?: Expectation): Promise<void>;
  delete(key: Key, expect?: Expectation): Promise<void>;
  /** All or nothing. */
  transact(writes: Write[]): Promise<void>;
  query(query: Query): Promise<Page<Item>>;
  /** As reading all of these rows and counting them, but none of them comes over. */
  count(rows: Counted): Promise<{ all: number; matching: number }>;
  /** Oldest first. The index lags a little behind the rows. */
  due(query: DueQuery): Promise<{ keys: DueKey[]; next: DueKey | null }>;
}

/** Writes one row by itself. */
export const store = (table: Pick<Table, "put">, { put, expect }: RowWrite): Promise<void> => table.put(put, expect);

export const conflict = () =>
  new AppError("conflict", "table.conflict", "The record was changed by somebody else in the meantime.");

export const isConflict = (error: unknown): boolean => isAppError(error, "table.conflict");

// Each loser of a race reads again at once; ten losses in a row mean more contention than nearly all of our rows can
// have. Whoever writes one that many write at once gives a pause.
const maxAttempts = 10;
// Whoever wins goes on at once to its next write of the row, so that one of eight loses more often than not.
const maxPatientAttempts = 30;

/** Waits before the next try, after so many were lost. */
export type PauseAfter = (losses: number) => Promise<void>;

/**
 * Runs `attempt` again from its first read for as long as it loses to another writer: ten times at most, thirty with
 * pauses.
 */
export const retryOnConflict = async <T>(attempt: () => Promise<T>, pauseAfter?: PauseAfter): Promise<T> => {
  const most = pauseAfter ? maxPatientAttempts : maxAttempts;
  for (let losses = 1; ; losses += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error) || losses >= most) throw error;
    }
    if (pauseAfter) await pauseAfter(losses);
  }
};

/** Every row of a query, page by page. */
export async function* allItems(table: Pick<Table, "query">, query: Query): AsyncGenerator<Item> {
  let after = query.after;
  for (;;) {
    const page = await table.query({ ...query, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    if (page.next === null) return;
    after = page.next;
  }
}
