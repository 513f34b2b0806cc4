import { dueIndexes, type Item } from "#shared/table/table";
import type { BadDay } from "../history/history.ts";

/** What may have become unreadable, by the keys of its rows. */
export const rowFamilies = {
  record: /^partner#\S+ integration$/,
  customer: /^partner#\S+ customer#/,
  usage: /^partner#\S+ usage#/,
  ledger: /^partner#\S+ ledger#/,
  run: /^partner#\S+ (export|look)#/,
  chunk: /^export#\S+ chunk#/,
  mail: /^partner#\S+ mail#/,
  mailbox: /^partner#\S+ (mailbox#|reminders$)/,
  pages: /^partner#\S+ (coverage|look-alikes|last-measured|left-out-services)$/,
  tally: /^partner#\S+ customer-tally/,
  tries: /^partner#\S+ token-tries$/,
  breaker: /^breaker#(partner|vendor)/,
  witnesses: /^breaker#(recent-successes|suspected|typed-token)/,
  outbox: /^outbox#/,
  service: /^catalogue (service#|names|gradient#)/,
  admission: /^admission /,
  limits: /^(limiter#|looks )/,
  claim: / (claim|seen)$/,
} as const;
export type RowFamily = keyof typeof rowFamilies;

const setAside: readonly RowFamily[] = ["customer", "usage", "service"];
/** Lines are set aside, for their customer, counts or service cannot be read, until a look finds that they can be. */
export const isSomeSetAside = (badDays: readonly BadDay[]): boolean =>
  badDays.some(({ rows }) => rows !== undefined && setAside.includes(rows.of));

interface Options {
  badDays: readonly BadDay[];
  startsAt: number;
  now: () => number;
}

// its key, its version and its places in an index are no fields of its schema
const isOfTable = new Set(["pk", "sk", "version", ...dueIndexes.flatMap((index) => [`${index}Kind`, `${index}At`])]);

// no schema takes it, and no service writes it
const damaged = ["damaged"] as const;
const isDamaged = (value: unknown): boolean =>
  Array.isArray(value) && Array.isArray(value[0]) && value[0][0] === damaged[0];

/** 0 to 1, the same for the same text (FNV-1a, mixed once more). */
const fractionOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 0x1_0000_0000;
};

/**
 * Rows of which one field cannot be read for a while, whoever reads them. The table itself keeps them whole: they can
 * be read again when the bad day is over, as if somebody had put them right.
 */
export const unreadableRows = ({ badDays, startsAt, now }: Options) => {
  const days = badDays.flatMap(({ rows, from, until }) => (rows ? [{ ...rows, from, until }] : []));
  const read = (row: Item): Item => {
    const at = now() - startsAt;
    const name = `${row.pk} ${row.sk}`;
    const day = days.find(
      ({ of, share, salt, from, until }) =>
        at >= from && at < until && rowFamilies[of].test(name) && fractionOf(`${salt} ${name}`) < share,
    );
    const fields = day && Object.keys(row).filter((field) => !isOfTable.has(field));
    const field = fields?.[Math.floor(fractionOf(`${name} ${day?.salt}`) * fields.length)];
    return field === undefined ? row : { ...row, [field]: [damaged] };
  };
  return {
    read: days.length === 0 ? (row: Item) => row : read,
    /** What is written back as it was read is put right with the rest. */
    mended: (row: Item, stored: Item | undefined): Item => {
      if (days.length === 0) return row;
      const bad = Object.keys(row).filter((field) => isDamaged(row[field]));
      return bad.length === 0 ? row : { ...row, ...Object.fromEntries(bad.map((field) => [field, stored?.[field]])) };
    },
  };
};

export type UnreadableRows = ReturnType<typeof unreadableRows>;
