import { describe, expect, it } from "vitest";
import { failedRecords } from "#local/host/sources/batch-failures";

const ids = ["a", "b"];
const returned = (result: unknown) => ({ succeeded: true, result }) as const;
const threw = { succeeded: false, error: { errorType: "Error", errorMessage: "no" } } as const;

describe("which records come again", () => {
  it.each<[string, unknown, string[]]>([
    ["nothing reported", null, []],
    ["an empty report", { batchItemFailures: [] }, []],
    ["a report of null", { batchItemFailures: null }, []],
    ["one reported", { batchItemFailures: [{ itemIdentifier: "b" }] }, ["b"]],
    ["an unknown one reported", { batchItemFailures: [{ itemIdentifier: "c" }] }, ids],
    ["an empty id", { batchItemFailures: [{ itemIdentifier: "" }] }, ids],
    ["a report without ids", { batchItemFailures: [{}] }, ids],
    ["a word", "failed", ids],
  ])("%s", (_name, result, expected) => {
    expect([...failedRecords(ids, returned(result), true)]).toEqual(expected);
  });

  it("all of them if the function failed, none if nobody reads its report", () => {
    expect([...failedRecords(ids, threw, true)]).toEqual(ids);
    expect([...failedRecords(ids, threw, false)]).toEqual(ids);
    expect([...failedRecords(ids, returned({ batchItemFailures: [{ itemIdentifier: "b" }] }), false)]).toEqual([]);
  });
});
