import { expect, it } from "vitest";
import { activeWorld } from "#test/builders/connected-world";
import { jsonHeaders } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";

const body = (change: object = {}) => ({ kind: "accounts", ids: ["a"], reason: "Bills itself", ...change });

it("answers how much is left out now", async () => {
  const { ask } = hubApi(await activeWorld(["a", "b"]));
  const answer = (accounts: number, services: number) => ({
    status: 200,
    headers: jsonHeaders,
    body: { leftOut: { accounts, services } },
  });

  expect(await ask("exclude", { body: body() })).toEqual(answer(1, 0));
  expect(await ask("exclude", { body: body({ kind: "services", ids: ["dns", "dns"] }) })).toEqual(answer(1, 1));
  expect(await ask("include", { body: { kind: "accounts", ids: ["a", "b"] } })).toEqual(answer(0, 1));
  expect(await ask("include", { body: { kind: "services", ids: ["dns"] } })).toEqual(answer(0, 0));
});

it.each([
  ["another kind", { kind: "customers" }, "kind"],
  ["no ids", { ids: [] }, "ids"],
  ["more than 500 ids", { ids: Array.from({ length: 501 }, (_, index) => `c${index}`) }, "ids"],
  ["an id that is none", { ids: ["a", 7] }, "ids.1"],
  ["an id that is half a character", { ids: ["a", "\ud83c"] }, "ids.1"],
  ["an id with what is no character", { ids: ["a\ufffe"] }, "ids.0"],
  ["an id that is longer than any", { ids: ["漢".repeat(129)] }, "ids.0"],
  ["no reason", { reason: undefined }, "reason"],
  ["an empty reason", { reason: "  " }, "reason"],
  ["a reason without an end", { reason: "x".repeat(501) }, "reason"],
  ["a reason that is half a character", { reason: "\ud83d" }, "reason"],
])("refuses %s", async (_, change, path) => {
  const { ask } = hubApi(await activeWorld(["a"]));

  expect(await ask("exclude", { body: body(change) })).toMatchObject({
    status: 422,
    body: { code: "request.invalid", errors: [{ path }] },
  });
});

it("answers 404 for an id that nobody knows", async () => {
  const { ask } = hubApi(await activeWorld(["a"]));

  expect(await ask("exclude", { body: body({ ids: ["a", "__proto__", "constructor"] }) })).toMatchObject({
    status: 404,
    body: { code: "customer.unknown", detail: expect.stringContaining("__proto__, constructor") },
  });
});
