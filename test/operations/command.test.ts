import { afterEach, expect, it } from "vitest";
import { AppError, UnreadableRecord } from "#shared/errors";
import { printedBy } from "#test/builders/stdout";
import { runCommand } from "../../operations/command.ts";

afterEach(() => {
  process.exitCode = 0;
});

const unreadable = (sk: string) => new UnreadableRecord({ pk: "breaker#vendor", sk }, ["probeAt: invalid_type"]);

it.each<[string, unknown, string]>([
  [
    "the row that cannot be read, and its fields",
    unreadable("breaker"),
    "A stored record cannot be read. breaker#vendor breaker: probeAt: invalid_type\n",
  ],
  [
    "each of several failures",
    new AggregateError([unreadable("a"), new Error("down")], "Several pieces of work have failed."),
    "A stored record cannot be read. breaker#vendor a: probeAt: invalid_type\ndown\n",
  ],
  [
    "what AWS says, too",
    new AppError("unavailable", "table.unavailable", "The database did not answer.", {
      cause: new Error("no network"),
    }),
    "The database did not answer. no network\n",
  ],
])("an operator's command that fails says %s", async (_, failure, said) => {
  expect(await printedBy(() => runCommand(() => Promise.reject(failure)))).toBe(said);
  expect(process.exitCode).toBe(1);
});
