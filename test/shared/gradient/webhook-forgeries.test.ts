import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { verifyWebhook } from "#shared/gradient/webhook-signature";
import { type WebhookCall, webhookForger, webhookKeys } from "#test/builders/forged-webhooks";
import { seededRandom } from "#test/builders/seeded-random";

const now = new Date("2026-11-02T09:00:00.400Z");
const forger = () => webhookForger(seededRandom(20_261_102), now);

const usualStackTraceLimit = Error.stackTraceLimit;
beforeEach(() => {
  // the library asks the clock itself; with a whole date of vitest's own it would take twice as long
  vi.spyOn(Date, "now").mockReturnValue(now.getTime());
  // it writes out a stack trace for each refusal, which takes ten times as long as to verify
  Error.stackTraceLimit = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
  Error.stackTraceLimit = usualStackTraceLimit;
});

const isTaken = (attempt: () => unknown): boolean => {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
};
const weTake = (call: WebhookCall): boolean => isTaken(() => verifyWebhook({ ...call, keys: webhookKeys.live, now }));

const libraries = webhookKeys.live.map((key) => new Webhook(key));
const libraryTakes = ({ id, timestamp, signature, body }: WebhookCall): boolean => {
  const given = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return libraries.some((library) =>
    isTaken(() => library.verify(body, headers as Record<string, string>, { jsonParse: false })),
  );
};

it("takes whatever is authentic, as the standard's own library does", () => {
  const { authentic } = forger();
  const calls = Array.from({ length: 2_000 }, authentic);

  expect(calls.filter((call) => !weTake(call))).toEqual([]);
  expect(calls.filter((call) => !libraryTakes(call))).toEqual([]);
});

it("takes none of 100,000 forgeries; the standard's own library takes those that it is known to be lenient with", () => {
  const { kinds, forged } = forger();
  const count = new Map(kinds.map((kind) => [kind, 0]));
  const taken: unknown[] = [];
  const lenient = new Set<string>();

  for (let number = 0; number < 100_000; number += 1) {
    const { kind, call } = forged();
    count.set(kind, (count.get(kind) ?? 0) + 1);
    if (weTake(call)) taken.push({ number, kind, call });
    if (libraryTakes(call)) lenient.add(kind);
  }

  expect(taken).toEqual([]);
  expect([...lenient].sort()).toEqual([
    "a time that only begins as a number",
    "an id of other characters, or too long",
    "bytes that are no text in place of its sign",
    "something behind the signature",
    "the same bytes, cut at other full stops",
  ]);
  expect(Math.min(...count.values())).toBeGreaterThan(4_000);
}, 120_000);
