const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const whole = new Intl.NumberFormat(undefined);

/** A time of the API (RFC 3339, UTC) in the reader's own zone and language. */
export const momentOf = (time: string | null | undefined): string => (time ? moment.format(new Date(time)) : "–");

export const numberOf = (count: number | null | undefined): string =>
  count === null || count === undefined ? "–" : whole.format(count);

/** `1 customer`, `2 customers`. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${whole.format(count)} ${count === 1 ? one : many}`;
