import type { DueIndex, DueKey, DueQuery, Item, Key } from "#shared/table/table";

const indexes = ["due", "idle", "look"] as const satisfies DueIndex[];

/** A row's place in an index. */
export interface DuePlace {
  index: DueIndex;
  kind: string;
  at: string;
}

const fields = indexes.map((index) => ({ index, kindField: `${index}Kind`, atField: `${index}At` }));
const nowhere: DuePlace[] = [];

/** Where a row, as it is written, is found again by a moment. */
export const duePlaces = (row: Item | undefined): DuePlace[] => {
  // hardly any row is in an index
  if (row?.dueKind === undefined && row?.idleKind === undefined && row?.lookKind === undefined) return nowhere;
  return fields.flatMap(({ index, kindField, atField }) => {
    const [kind, at] = [row[kindField], row[atField]];
    return typeof kind === "string" && typeof at === "string" ? [{ index, kind, at }] : [];
  });
};

const id = ({ pk, sk }: Key) => `${pk}\u0000${sk}`;
const name = ({ index, kind }: Pick<DuePlace, "index" | "kind">) => `${index}#${kind}`;
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const order = (a: DueKey, b: DueKey) => compare(a.dueAt, b.dueAt) || compare(id(a), id(b));

interface Change {
  at: number;
  key: Key;
  before: DuePlace[];
}

// the longest that an index may lag behind its rows
const longestLagMs = 60_000;

/** The indexes of the table as a reader finds them: as they were a while ago. */
export const laggingIndex = (now: () => number) => {
  const entries = new Map<string, Map<string, DueKey>>();
  /** Earliest first. */
  let changes: Change[] = [];
  let count = 0;

  const remove = (key: Key, places: DuePlace[]) => {
    for (const place of places) entries.get(name(place))?.delete(id(key));
  };
  const add = ({ pk, sk }: Key, places: DuePlace[]) => {
    for (const place of places) {
      const those = entries.get(name(place)) ?? new Map<string, DueKey>();
      entries.set(name(place), those.set(id({ pk, sk }), { pk, sk, dueAt: place.at }));
    }
  };

  return {
    changes: () => count,
    /** Told of each write of a row, or of its end. */
    note: (key: Key, before: DuePlace[], after: DuePlace[]): void => {
      if (before.length === 0 && after.length === 0) return;
      count += 1;
      if (changes.length > 200) changes = changes.filter(({ at }) => at > now() - longestLagMs);
      changes.push({ at: now(), key, before });
      remove(key, before);
      add(key, after);
    },
    /** Whether a row is due in any of the indexes, as they are. */
    isAnyDue: (kind: string, until: string): boolean => {
      for (const index of indexes)
        for (const { dueAt } of entries.get(name({ index, kind }))?.values() ?? []) if (dueAt <= until) return true;
      return false;
    },
    /** As it was `lagMs` ago. */
    due: (
      { index = "due", kind, until, limit, after }: DueQuery,
      lagMs: number,
    ): { keys: DueKey[]; next: DueKey | null } => {
      const current = entries.get(name({ index, kind }));
      const since = now() - Math.min(lagMs, longestLagMs);
      const last = changes.findLastIndex(({ at }) => at <= since);
      const later = changes.slice(last + 1).reverse();
      if (later.length === 0 && current === undefined) return { keys: [], next: null };
      const those = new Map(current);
      for (const { key, before } of later) {
        const place = before.find((its) => its.index === index && its.kind === kind);
        if (place) those.set(id(key), { pk: key.pk, sk: key.sk, dueAt: place.at });
        else those.delete(id(key));
      }
      const found = [...those.values()]
        .filter((key) => key.dueAt <= until && (after === undefined || order(key, after) > 0))
        .sort(order);
      const keys = found.slice(0, limit);
      return { keys, next: found.length > keys.length ? (keys.at(-1) ?? null) : null };
    },
  };
};

export type LaggingIndex = ReturnType<typeof laggingIndex>;
