import type { HttpCall } from "#test/builders/http-event";

type Random = () => number;

const strangeTexts = [
  "",
  " ",
  ".",
  "..",
  "a",
  "org-1",
  "org-2",
  "constructor",
  "__proto__",
  "toString",
  "null",
  "\u0000",
  "\ufffe",
  "\ud83c",
  "\u200b\u200b",
  "a\nb",
  "a/b?c#d",
  "%2F..%2f",
  "Řeznictví",
  "🏢",
  "=1+1",
  "+05:30",
  "Europe/Prague",
  "2026-11-22T12:00:00Z",
  "99999-01-01T00:00:00Z",
  "1e999",
  "x".repeat(128),
  "x".repeat(129),
  "🏢".repeat(600),
  "漢".repeat(512),
  `x${", ".repeat(20_000)}x`,
  "eyJhIjoxfQ",
  "ImV4cG9ydCM5Ig",
  "InVzYWdlI1x1ZDgzYyI",
];
const strangeNumbers = [0, -0, -1, 1, 1.5, 1e21, Number.MAX_SAFE_INTEGER, 2 ** 53, 1e308, 9_999_999_999];

/** One of them; the same for the same random number. */
export const pick = <T>(random: Random, some: readonly T[]): T => {
  const found = some[Math.floor(random() * some.length)];
  if (found === undefined) throw new Error("There is nothing to pick.");
  return found;
};

const strangeValue = (random: Random, depth = 0): unknown => {
  const kind = Math.floor(random() * (depth > 2 ? 4 : 7));
  if (kind === 0) return null;
  if (kind === 1) return random() < 0.5;
  if (kind === 2) return pick(random, strangeNumbers);
  if (kind <= 4) return pick(random, strangeTexts);
  const members = Array.from({ length: Math.floor(random() * 4) }, () => strangeValue(random, depth + 1));
  if (kind === 5) return members;
  return Object.fromEntries(members.map((member) => [pick(random, strangeTexts), member]));
};

/** The same value, with something in it that is another, is missing, or is too much. */
const spoilt = (random: Random, value: unknown): unknown => {
  if (typeof value !== "object" || value === null || random() < 0.15) return strangeValue(random);
  if (Array.isArray(value)) {
    const at = Math.floor(random() * (value.length + 1));
    return value.with(Math.min(at, Math.max(0, value.length - 1)), spoilt(random, value[at] ?? null));
  }
  const members = Object.entries(value);
  if (members.length === 0 || random() < 0.2) return { ...value, [pick(random, strangeTexts)]: strangeValue(random) };
  const [name] = pick(random, members);
  const others = members.filter(([other]) => other !== name);
  if (random() < 0.3) return Object.fromEntries(others);
  return { ...Object.fromEntries(others), [name]: spoilt(random, Reflect.get(value, name)) };
};

const headers = ["accept", "if-none-match", "idempotency-key", "content-type"];
const claims = ["org_id", "role", "sub", "name", "email"];
const words = ["accepted", "unmapped", "left-out", "services"];
// mostly somebody who may change something
const roles = ["owner", "owner", "owner", "full_admin", "product_admin", "billing_admin"];

/** Bodies that no client makes of values, but somebody may type, or generate. */
const oddBodies = [
  "{",
  "[]",
  '"x"',
  "null",
  "1",
  "",
  '{"a":1,}',
  "[".repeat(30_000),
  `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
  JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, 0]))),
  '{"__proto__":{"mode":"full"}}',
];
/** The same body with a member that comes twice, or with numbers that are too large, or too exact. */
const oddlyWritten = (random: Random, text: string): string =>
  pick(random, [
    text.replace(/^\{/, '{"partnerToken":1,"mode":"full","measurements":[],'),
    text.replaceAll(/:\d+/g, ":1e400"),
    text.replaceAll(/:\d+/g, ":-0"),
    text.replaceAll(/:\d+/g, ":9007199254740993"),
  ]);

/** A request that somebody may send, from one that the route would take: mostly wrong in one place, sometimes right. */
export const strangeRequest = (random: Random, routeKey: string, good: Omit<HttpCall, "routeKey">): HttpCall => {
  const named = (names: Record<string, string> = {}) =>
    Object.fromEntries(
      Object.entries(names).map(([name, value]) => [name, random() < 0.2 ? pick(random, strangeTexts) : value]),
    );
  const body = (): unknown => {
    if (random() < 0.05) return pick(random, oddBodies);
    if (random() < 0.05) return oddlyWritten(random, JSON.stringify(good.body ?? {}));
    return random() < 0.7 ? spoilt(random, good.body ?? {}) : good.body;
  };
  const query = {
    ...good.query,
    cursor: pick(random, strangeTexts),
    ...(random() < 0.5 && { [pick(random, ["outcome", "status", "kind"])]: pick(random, [...words, ...strangeTexts]) }),
  };
  const isRead = routeKey.startsWith("GET");
  return {
    ...good,
    routeKey,
    path: named(good.path),
    ...(isRead && random() < 0.5 ? { query } : {}),
    ...(isRead ? {} : { body: body() }),
    headers: random() < 0.3 ? { [pick(random, headers)]: pick(random, ["text/csv", "*/*", ...strangeTexts]) } : {},
    person: {
      role: pick(random, roles),
      ...(random() < 0.1 ? { [pick(random, claims)]: pick(random, strangeTexts) } : {}),
    },
  };
};
