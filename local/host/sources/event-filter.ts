import * as z from "zod";

const record = z.record(z.string(), z.unknown());

const compare: Record<string, (left: number, right: number) => boolean> = {
  "=": (left, right) => left === right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

const isWithin = (value: unknown, rule: unknown): boolean => {
  const terms = z.array(z.union([z.string(), z.number()])).parse(rule);
  const pairs = terms.flatMap((term, index) =>
    index % 2 === 0 ? [[String(term), Number(terms[index + 1])] as const] : [],
  );
  return typeof value === "number" && pairs.every(([operator, bound]) => compare[operator]?.(value, bound) ?? false);
};

const texts = (value: unknown): string[] => z.array(z.string()).parse(Array.isArray(value) ? value : [value]);

/** One operator object of a pattern, for instance `{ "prefix": "outbox#" }`. */
const operators: Record<string, (value: unknown, rule: unknown) => boolean> = {
  prefix: (value, rule) => typeof value === "string" && value.startsWith(String(rule)),
  suffix: (value, rule) => typeof value === "string" && value.endsWith(String(rule)),
  "equals-ignore-case": (value, rule) =>
    typeof value === "string" && value.toLowerCase() === String(rule).toLowerCase(),
  exists: (value, rule) => (value !== undefined) === rule,
  numeric: isWithin,
  "anything-but": (value, rule) =>
    value !== undefined &&
    (typeof rule === "object" && rule !== null && !Array.isArray(rule)
      ? !matchesLeaf(value, rule)
      : !texts(rule).includes(String(value))),
};

const matchesLeaf = (value: unknown, expected: unknown): boolean => {
  if (typeof expected !== "object" || expected === null) {
    return value === expected;
  }
  return Object.entries(expected).every(([name, rule]) => {
    const operator = operators[name];
    if (operator === undefined) {
      throw new Error(`The filter operator "${name}" is not imitated locally.`);
    }
    return operator(value, rule);
  });
};

/** True if the event has, for each member of the pattern, one of the values listed there (EventBridge's syntax). */
const matchesPattern = (event: unknown, pattern: unknown): boolean =>
  Object.entries(record.parse(pattern)).every(([name, expected]) => {
    if (name === "$or") {
      return z
        .array(z.unknown())
        .parse(expected)
        .some((branch) => matchesPattern(event, branch));
    }
    const value =
      typeof event === "object" && event !== null
        ? Object.entries(event).find(([key]) => key === name)?.[1]
        : undefined;
    return Array.isArray(expected)
      ? expected.some((leaf) => matchesLeaf(value, leaf))
      : matchesPattern(value, expected);
  });

export const filterCriteria = z
  .object({ Filters: z.array(z.object({ Pattern: z.string() })).default([]) })
  .default({ Filters: [] })
  .transform(({ Filters }) => Filters.map(({ Pattern }): unknown => JSON.parse(Pattern)));

/** Without any pattern every event passes; with several, one match is enough. */
export const passes = (event: unknown, patterns: unknown[]): boolean =>
  patterns.length === 0 || patterns.some((pattern) => matchesPattern(event, pattern));
