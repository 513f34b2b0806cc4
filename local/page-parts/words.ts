const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const whole = new Intl.NumberFormat(undefined);

/** A time of the API (RFC 3339, UTC) in the reader's own zone and language. */
export const momentOf = (time: string | null | undefined): string => (time ? moment.format(new Date(time)) : "–");

export const numberOf = (count: number | null | undefined): string =>
  count === null || count === undefined ? "–" : whole.format(count);

const { compare } = new Intl.Collator(undefined, { numeric: true });

/** As people sort: no matter the case, umlauts beside their letter, `Site 2` before `Site 10`. */
export const byName = (a: { name: string }, b: { name: string }): number => compare(a.name, b.name);

/** `1 customer`, `2 customers`. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${whole.format(count)} ${count === 1 ? one : many}`;
