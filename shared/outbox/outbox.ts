import { createHash } from "node:crypto";
import * as z from "zod";
import { identifier, instant } from "../identifier.ts";
import { added, type RowWrite } from "../table/table.ts";

/** The tasks by kind, each as its queue carries it. Ids only: no counts, no tokens, no addresses. */
export const taskOf = {
  "sync-accounts": z.strictObject({
    kind: z.literal("sync-accounts"),
    partnerId: identifier,
    reason: z.enum(["confirmed", "feed", "webhook", "check", "watch", "export", "replaced"]),
  }),
  "send-owner-mail": z.strictObject({ kind: z.literal("send-owner-mail"), partnerId: identifier, mailId: z.string() }),
  "export-usage": z.strictObject({
    kind: z.literal("export-usage"),
    lane: z.enum(["on-demand", "scheduled"]),
    partnerId: identifier,
    exportId: z.string(),
    /** Counts the messages of one export up, so that a redelivered hand-over is recognised by the FIFO queue. */
    leg: z.int().min(0),
  }),
  "close-connection": z.strictObject({
    kind: z.literal("close-connection"),
    partnerId: identifier,
    secretName: z.string(),
    versionId: z.string(),
  }),
};

/** A piece of work that is owed to a queue. */
export const task = z.discriminatedUnion("kind", [
  taskOf["sync-accounts"],
  taskOf["send-owner-mail"],
  taskOf["export-usage"],
  taskOf["close-connection"],
]);
export type Task = z.infer<typeof task>;

/** A task that has not yet reached its queue. Written in one transaction with what made it due, deleted once queued. */
export const outboxRow = z.object({ id: z.string(), task, owedSince: instant, pk: z.string(), sk: z.string() });
export type OutboxRow = z.infer<typeof outboxRow>;

// One partition takes 1,000 writes a second; one tick may owe tens of thousands of tasks at once.
const shards = 8;
const shardOf = (id: string): number => createHash("sha256").update(id).digest().readUInt8(0) % shards;

export const outboxPks = Array.from({ length: shards }, (_, shard) => `outbox#${shard}`);

/** Owes `task` to its queue from the moment that the transaction holds. */
export const owe = (owed: Task, { id, at }: { id: string; at: string }): RowWrite =>
  added({ pk: `outbox#${shardOf(id)}`, sk: `${at}#${id}`, id, task: owed, owedSince: at });
