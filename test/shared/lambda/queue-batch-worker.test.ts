import { describe, expect, it } from "vitest";
import * as z from "zod";
import { queueBatchWorker } from "#shared/lambda/queue-batch-worker";
import { aLambdaContext } from "#test/builders/http-event";
import { anSqsEvent, failed } from "#test/builders/queue-event";
import { printedBy } from "#test/builders/stdout";

const message = z.strictObject({ name: z.string() });
type Message = z.infer<typeof message>;
type End = string | { failure: unknown };

/** A worker that ends each message as its name says, and everything that was handed to it. */
const aWorker = (ends: Record<string, End>) => {
  const handed: { names: string[]; remainingMs: number }[] = [];
  const handler = queueBatchWorker({
    message,
    run: async (messages, { remainingMs }) => {
      handed.push({ names: messages.map(({ name }) => name), remainingMs: remainingMs() });
      const known = messages.flatMap((its): [Message, End][] => {
        const end = ends[its.name];
        return end === undefined ? [] : [[its, end]];
      });
      return new Map(known);
    },
  });
  return { handed, handler };
};

/** The reply, and what was told of each message. */
const ask = async (handler: ReturnType<typeof aWorker>["handler"], ...bodies: unknown[]) => {
  let reply: unknown;
  const printed = await printedBy(async () => {
    reply = await handler(anSqsEvent(...bodies), aLambdaContext({ getRemainingTimeInMillis: () => 42_000 }));
  });
  const told = printed
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return { reply, told };
};

describe("a batch", () => {
  it("is handed over whole, with the time that is left", async () => {
    const { handed, handler } = aWorker({ a: "finished", b: "handed-over" });

    const { reply, told } = await ask(handler, { name: "a" }, { name: "b" });

    expect(handed).toEqual([{ names: ["a", "b"], remainingMs: 42_000 }]);
    expect(reply).toEqual(failed());
    expect(told).toMatchObject([
      { message: "message handled", messageId: "message-1", outcome: "finished", awsRequestId: "request-1" },
      { message: "message handled", messageId: "message-2", outcome: "handed-over" },
    ]);
  });

  it("gives back what has failed, and only that", async () => {
    const { handler } = aWorker({ a: "finished", b: { failure: new Error("down") }, c: "finished" });

    const { reply, told } = await ask(handler, { name: "a" }, { name: "b" }, { name: "c" });

    expect(reply).toEqual(failed("message-2"));
    expect(told.filter(({ level }) => level === "ERROR")).toHaveLength(1);
  });

  it("says which message has failed, and of which run it is: the log is looked through by that", async () => {
    const leg = z.object({ partnerId: z.string(), exportId: z.string(), leg: z.int() });
    const handler = queueBatchWorker({
      message: leg,
      run: async (messages) => new Map(messages.map((its) => [its, { failure: new Error("down") }])),
    });

    const { told } = await ask(handler, { partnerId: "org-1", exportId: "run-1", leg: 0 }, "{");

    const [where, failed] = ["message cannot be read", "message failed"].map((said) => expect.stringContaining(said));
    expect(told).toMatchObject([
      { level: "ERROR", message: where, messageId: "message-2", awsRequestId: "request-1" },
      { level: "ERROR", message: failed, messageId: "message-1", partnerId: "org-1", exportId: "run-1" },
    ]);
  });

  it("gives back what nothing was said of", async () => {
    const { handler } = aWorker({ a: "finished" });

    expect((await ask(handler, { name: "a" }, { name: "forgotten" })).reply).toEqual(failed("message-2"));
  });

  it.each([
    ["no JSON", "{"],
    ["a field that nobody knows", { name: "b", token: "canary-partner-token-0001" }],
    ["no name", {}],
  ])("gives a message back that has %s, and hands the others over", async (_, unreadable) => {
    const { handed, handler } = aWorker({ a: "finished" });

    const { reply, told } = await ask(handler, unreadable, { name: "a" });

    expect(handed).toMatchObject([{ names: ["a"] }]);
    expect(reply).toEqual(failed("message-1"));
    expect(JSON.stringify(told)).not.toContain("canary");
  });

  it("tells two messages of the same words apart", async () => {
    let isFirst = true;
    const handler = queueBatchWorker({
      message,
      run: async (messages) =>
        new Map(
          messages.map((its): [Message, End] => {
            const end = isFirst ? "finished" : { failure: new Error("down") };
            isFirst = false;
            return [its, end];
          }),
        ),
    });

    expect((await ask(handler, { name: "a" }, { name: "a" })).reply).toEqual(failed("message-2"));
  });

  it("comes again whole where the worker itself fails", async () => {
    const handler = queueBatchWorker({
      message,
      run: async () => {
        throw new Error("down");
      },
    });

    await printedBy(() => expect(handler(anSqsEvent({ name: "a" }), aLambdaContext())).rejects.toThrow("down"));
  });
});
