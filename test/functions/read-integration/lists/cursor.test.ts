import { expect, it } from "vitest";
import { fromCursor, keyAfter, toCursor } from "#functions/read-integration/lists/cursor";

const place = keyAfter("event#");
const list = ["org-1", "events"] as const;
const refusal = { kind: "invalid", code: "cursor.invalid" };

it("leads back to the place that it was made of", () => {
  expect(fromCursor(list, place, toCursor(list, "event#2026 Ř"))).toBe("event#2026 Ř");
});

it("is the beginning where there is none", () => {
  expect(fromCursor(list, place, undefined)).toBeUndefined();
  expect(fromCursor(list, place, "")).toBeUndefined();
});

it("can stand in a URL as it is", () => {
  expect(toCursor(list, "event#ÿÿ>>>???")).toMatch(/^[\w-]+$/);
});

it.each([
  ["no base64url", "event#2026"],
  ["padding", `${toCursor(list, "event#1")}=`],
  ["no JSON", Buffer.from("event#1").toString("base64url")],
  ["a place of another partner's list", toCursor(["org-2", "events"], "event#1")],
  ["a place of another list", toCursor(["org-1", "exports"], "event#1")],
  ["half a character", toCursor(list, "event#\ud83c")],
  ["another type", toCursor(list, 5)],
  ["a row of another list", toCursor(list, "integration")],
  ["a key that the table refuses", toCursor(list, `event#${"x".repeat(1019)}`)],
  ["a key that is too long in bytes", toCursor(list, `event#${"ř".repeat(510)}`)],
])("is refused if it holds %s", (_, cursor) => {
  expect(() => fromCursor(list, place, cursor)).toThrow(expect.objectContaining(refusal));
});
