import { describe, expect, it } from "vitest";
import * as z from "zod";
import { sortOut } from "#shared/lambda/http/batch";
import { parseRequest } from "#shared/lambda/http/http-endpoint";
import { anHttpEvent } from "#test/builders/http-event";

const body = z.strictObject({
  name: z.string().min(1).max(3),
  units: z.int().min(0),
  kind: z.enum(["accounts", "services"]),
  isOn: z.boolean(),
  ids: z.array(z.string()).min(2),
  hour: z.int("The hour must be a whole number."),
  at: z.iso.datetime().optional(),
});
const good = { name: "abc", units: 1, kind: "accounts", isOn: true, ids: ["a", "b"], hour: 2 };

const refusedOf = (sent: unknown): unknown => {
  const event = anHttpEvent({ routeKey: "POST /v1/things", ...(sent === undefined ? {} : { body: sent }) });
  try {
    return parseRequest(z.object({ body }), event, 1000);
  } catch (error) {
    return error;
  }
};

describe("what people read of a field", () => {
  it.each([
    [{ name: undefined }, "name", "This is missing."],
    [{ name: 1 }, "name", "This has to be a text."],
    [{ name: "" }, "name", "This has at least 1 character."],
    [{ name: "abcd" }, "name", "This has at most 3 characters."],
    [{ units: "1" }, "units", "This has to be a number."],
    [{ units: 1.5 }, "units", "This has to be a whole number."],
    [{ units: -1 }, "units", "This has at least 0."],
    [{ kind: "people" }, "kind", 'This has to be "accounts" or "services".'],
    [{ isOn: "yes" }, "isOn", "This has to be true or false."],
    [{ ids: 7 }, "ids", "This has to be a list."],
    [{ ids: ["a"] }, "ids", "This has at least 2 entries."],
    [{ ids: ["a", 2] }, "ids.1", "This has to be a text."],
    [{ minute: 1 }, "minute", "There is no such field."],
    [{ at: "noon" }, "at", "This is not what it should be."],
    [{ hour: "two" }, "hour", "The hour must be a whole number."],
  ])("%j: %s", (change, path, message) => {
    expect(refusedOf({ ...good, ...change })).toMatchObject({ code: "request.invalid", errors: [{ path, message }] });
  });

  it.each([
    [undefined, "The body is missing."],
    [[], "The body has to be an object."],
  ])("names the body as a whole, sent as %j", (sent, message) => {
    expect(refusedOf(sent)).toMatchObject({ errors: [{ path: "", message }] });
  });

  it("is a sentence each where a record of a batch has several faults, and never says what was sent", () => {
    const records = ["canary", { ...good, name: 7, kind: "canary", x: 1, canary_of_a_long_name: 1 }];

    const { rejected } = sortOut(body, records, "thing.invalid");

    expect(rejected.map(({ detail }) => detail)).toEqual([
      "The record has to be an object.",
      'name: This has to be a text. kind: This has to be "accounts" or "services". There is a field too many.',
    ]);
  });
});
