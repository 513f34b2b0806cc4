import { describe, expect, it } from "vitest";
import { readAdmissionCommand, readBreakersCommand } from "../../operations/commands.ts";

describe("an operator's command", () => {
  it.each([
    ["close vendor --table t", { close: "vendor", place: { table: "t" } }],
    ["list --stage local", { close: null, place: { stage: "local" } }],
  ])("is read: breakers %s", (text, command) => {
    expect(readBreakersCommand(text.split(" "))).toEqual(command);
  });

  it.each([
    ["rebuild --stage prod", { verb: "rebuild", place: { stage: "prod" } }],
    ["list --table t", { verb: "list", place: { table: "t" } }],
  ])("is read: admission %s", (text, command) => {
    expect(readAdmissionCommand(text.split(" "))).toEqual(command);
  });

  it.each(["", "list", "close --stage prod", "open vendor --stage prod", "list --stage moon", "list --force"])(
    "says how it is used where it is asked for: breakers %s",
    (text) => {
      expect(() => readBreakersCommand(text.split(" ").filter(Boolean))).toThrow("-- close vendor --stage prod");
    },
  );

  it.each(["", "list", "rebuild org-1 --stage prod", "close --stage prod", "list --stage moon"])(
    "says how it is used where it is asked for: admission %s",
    (text) => {
      expect(() => readAdmissionCommand(text.split(" ").filter(Boolean))).toThrow("-- rebuild --stage prod");
    },
  );
});
