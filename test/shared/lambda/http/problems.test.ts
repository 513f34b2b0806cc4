import { describe, expect, it } from "vitest";
import { AppError, InfrastructureFault, UnreadableRecord } from "#shared/errors";
import { problemReply } from "#shared/lambda/http/problems";
import { logFailure } from "#shared/log-failure";
import { printedBy } from "#test/builders/stdout";

const printed = async (work: () => unknown) =>
  (await printedBy(async () => void work()))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const unreadable = () => new UnreadableRecord({ pk: "partner#org-1", sk: "customer#c" }, ["name: invalid_type"]);

describe("a failure that a caller hears of", () => {
  it("is a 503 and a warning while something passes by itself", async () => {
    const failure = new AppError("unavailable", "table.unavailable", "The service's database did not answer.", {
      cause: Object.assign(new Error("canary"), { name: "ThrottlingException" }),
    });

    const lines = await printed(() => expect(problemReply(failure, "r").statusCode).toBe(503));

    expect(lines).toMatchObject([{ level: "WARN", code: "table.unavailable", cause: "ThrottlingException" }]);
    expect(JSON.stringify(lines)).not.toContain("canary");
  });

  it("is a 500 and alarms where infrastructure is at fault", async () => {
    const reply = problemReply(new InfrastructureFault("The service's database refused a call: X"), "r");
    const lines = await printed(() => problemReply(new InfrastructureFault("The database refused a call: X"), "r"));

    expect([reply.statusCode, JSON.parse(reply.body ?? "")]).toMatchObject([500, { code: "internal" }]);
    expect(lines).toMatchObject([
      { level: "ERROR", name: "InfrastructureFault", detail: "The database refused a call: X" },
    ]);
  });

  it("is a 500 with a code of its own, and alarms with the key, where a record cannot be read", async () => {
    const reply = problemReply(unreadable(), "request-1");
    const lines = await printed(() => problemReply(unreadable(), "request-1"));

    expect(reply.statusCode).toBe(500);
    expect(JSON.parse(reply.body ?? "")).toEqual({
      type: "urn:gradient-billing:problem:record.unreadable",
      title: "Something went wrong",
      status: 500,
      code: "record.unreadable",
      detail: expect.stringContaining("cannot be read"),
      requestId: "request-1",
    });
    expect(reply.body).not.toContain("org-1");
    const key = { pk: "partner#org-1", sk: "customer#c" };
    expect(lines).toMatchObject([{ level: "ERROR", ...key, faults: ["name: invalid_type"] }]);
  });
});

describe("failures that come together", () => {
  it("are told one by one, and then how many they were", async () => {
    const busy = new AppError("unavailable", "table.unavailable", "busy");

    const lines = await printed(() => logFailure("job failed", new AggregateError([unreadable(), busy])));

    expect(lines).toMatchObject([
      { level: "ERROR", message: "job failed", sk: "customer#c" },
      { level: "WARN", message: "job failed", code: "table.unavailable" },
      { level: "ERROR", message: "job failed", failures: 2 },
    ]);
  });

  it("are not told in thousands of lines", async () => {
    const lines = await printed(() =>
      logFailure("job failed", new AggregateError(Array.from({ length: 5000 }, unreadable))),
    );

    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toMatchObject({ failures: 5000 });
  });
});
