import { describe, expect, it } from "vitest";
import { passes } from "#local/host/sources/event-filter";

const event = {
  eventName: "INSERT",
  dynamodb: { Keys: { pk: { S: "outbox#3" } }, SizeBytes: 120, NewImage: { kind: { S: "Mail" } } },
};

describe("a filter's pattern", () => {
  it.each<[string, object, boolean]>([
    ["one of the values", { eventName: ["MODIFY", "INSERT"] }, true],
    ["none of the values", { eventName: ["REMOVE"] }, false],
    ["a prefix", { dynamodb: { Keys: { pk: { S: [{ prefix: "outbox#" }] } } } }, true],
    ["another prefix", { dynamodb: { Keys: { pk: { S: [{ prefix: "partner#" }] } } } }, false],
    ["a suffix", { dynamodb: { Keys: { pk: { S: [{ suffix: "#3" }] } } } }, true],
    ["every member has to match", { eventName: ["INSERT"], dynamodb: { Keys: { pk: { S: ["x"] } } } }, false],
    ["something that is there", { dynamodb: { NewImage: { kind: { S: [{ exists: true }] } } } }, true],
    ["something that is not", { dynamodb: { OldImage: { kind: { S: [{ exists: true }] } } } }, false],
    ["its absence", { dynamodb: { OldImage: { kind: { S: [{ exists: false }] } } } }, true],
    ["a range of numbers", { dynamodb: { SizeBytes: [{ numeric: [">", 100, "<=", 120] }] } }, true],
    ["outside of the range", { dynamodb: { SizeBytes: [{ numeric: [">", 120] }] } }, false],
    ["anything but a value", { eventName: [{ "anything-but": ["REMOVE"] }] }, true],
    ["anything but a prefix", { eventName: [{ "anything-but": { prefix: "INS" } }] }, false],
    ["whatever the case", { dynamodb: { NewImage: { kind: { S: [{ "equals-ignore-case": "mail" }] } } } }, true],
    ["one branch of several", { $or: [{ eventName: ["REMOVE"] }, { dynamodb: { SizeBytes: [120] } }] }, true],
  ])("%s", (_name, pattern, expected) => {
    expect(passes(event, [pattern])).toBe(expected);
  });

  it("is not needed, and one match of several is enough", () => {
    expect(passes(event, [])).toBe(true);
    expect(passes(event, [{ eventName: ["REMOVE"] }, { eventName: ["INSERT"] }])).toBe(true);
  });

  it("is refused rather than taken for something else", () => {
    expect(() => passes(event, [{ eventName: [{ wildcard: "I*" }] }])).toThrow("not imitated locally");
  });
});
