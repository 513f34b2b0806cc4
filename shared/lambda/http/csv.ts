/**
 * A list as CSV, as a route declares it (`csv`): the file's name begins with `name`, `a.b` is the member b of the
 * member a.
 */
export interface Csv {
  name: string;
  /** The parameters, of the path or the query, that say which of several lists it is, for the name of the file. */
  parts?: readonly string[];
  columns: readonly string[];
}

interface Range {
  type: string;
  weight: number;
}

const rangesIn = (accept: string): Range[] =>
  accept.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const weight = Number(parameters.find((each) => each.startsWith("q="))?.slice(2) ?? 1);
    return { type, weight: Number.isNaN(weight) ? 0 : weight };
  });

/** Asked for by name, and not less than JSON. */
export const prefersCsv = (accept = ""): boolean => {
  const ranges = rangesIn(accept);
  const weightOf = (type: string): number => ranges.find((range) => range.type === type)?.weight ?? 0;
  return weightOf("text/csv") > 0 && weightOf("text/csv") >= weightOf("application/json");
};

const memberOf = (item: unknown, column: string): unknown =>
  column
    .split(".")
    .reduce<unknown>(
      (value, name) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, name)
          ? Reflect.get(value, name)
          : undefined,
      item,
    );

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};

// a spreadsheet would calculate it, and may be made to send what else it holds
const formula = /^[=+\-@\t\r]/;

const cellOf = (value: unknown): string => {
  const text = textOf(value);
  const harmless = typeof value === "string" && formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};

/** RFC 4180 with a heading row, and the mark by which spreadsheets know UTF-8. */
export const toCsv = ({ columns }: Csv, items: readonly unknown[]): string => {
  const rows = [columns, ...items.map((item) => columns.map((column) => memberOf(item, column)))];
  return `\uFEFF${rows.map((cells) => `${cells.map(cellOf).join(",")}\r\n`).join("")}`;
};
