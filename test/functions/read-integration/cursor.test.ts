import { expect, it } from "vitest";
import { fromCursor, keyAfter, toCursor } from "#functions/read-integration/cursor";

const place = keyAfter("event#");
const refusal = { kind: "invalid", code: "cursor.invalid" };

it("leads back to the place that it was made of", () => {
  expect(fromCursor(place, toCursor("event#2026 Ř"))).toBe("event#2026 Ř");
});

it("is the beginning where there is none", () => {
  expect(fromCursor(place, undefined)).toBeUndefined();
});

it("can stand in a URL as it is", () => {
  expect(toCursor("event#ÿÿ>>>???")).toMatch(/^[\w-]+$/);
});

it.each([
  ["nothing", ""],
  ["no base64url", "event#2026"],
  ["padding", `${toCursor("event#1")}=`],
  ["no JSON", Buffer.from("event#1").toString("base64url")],
  ["another type", toCursor(5)],
  ["a row of another list", toCursor("integration")],
  ["a key that the table refuses", toCursor(`event#${"x".repeat(1019)}`)],
  ["a key that is too long in bytes", toCursor(`event#${"ř".repeat(510)}`)],
])("is refused if it holds %s", (_, cursor) => {
  expect(() => fromCursor(place, cursor)).toThrow(expect.objectContaining(refusal));
});
