import { describe, expect, it } from "vitest";
import { newViewsProof, type ViewsCall } from "#functions/export-usage/send/views-proof";
import type { CountAnswer } from "#shared/gradient/gradient-api";

const accepted: CountAnswer = { kind: "accepted" };
const unmapped: CountAnswer = { kind: "unmapped", message: "No account map found" };

/** `>a` goes out, `<a` is answered, `!a` is answered with a 404; capitals have the views rebuilt. */
const areRebuiltAfter = (...steps: string[]): boolean => {
  const proof = newViewsProof();
  const calls = new Map<string, ViewsCall>();
  for (const step of steps) {
    const name = step.slice(1);
    const call = calls.get(name) ?? proof.call(name === name.toUpperCase());
    calls.set(name, call);
    if (step.startsWith(">")) call.goesOut();
    else call.answered(step.startsWith("<") ? accepted : unmapped);
  }
  return proof.areRebuilt();
};

describe("the views show everything", () => {
  it.each([
    ["after a call alone", [">A", "<A"]],
    ["after calls that all have them rebuilt, whatever their order", [">A", ">B", "<B", "<A"]],
    ["after one that went out when all that do not was answered", [">a", "<a", ">B", "<B"]],
    ["where one of several did", [">a", ">B", "<a", ">C", "<C", "<B"]],
    ["after a repeat", [">a", ">B", "<a", ">B", "<B"]],
    ["after a 404 that was answered before", [">A", "!A", ">B", "<B"]],
  ])("%s", (_, steps) => {
    expect(areRebuiltAfter(...steps)).toBe(true);
  });
});

describe("the views may be older than the numbers", () => {
  it.each([
    ["without a call", []],
    ["after calls that leave them as they are", [">a", "<a"]],
    ["where one of those was answered only after the last call had gone out", [">a", ">B", "<B", "<a"]],
    ["where one was answered before it, but after it had gone out", [">a", ">B", "<a", "<B"]],
    ["where the last call was not accepted", [">A", "<A", ">B", "!B"]],
    ["where a 404 came while the last call was under way", [">A", ">B", "!A", "<B"]],
  ])("%s", (_, steps) => {
    expect(areRebuiltAfter(...steps)).toBe(false);
  });
});
