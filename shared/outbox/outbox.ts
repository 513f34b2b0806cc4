import { createHash } from "node:crypto";
import * as z from "zod";
import { instant } from "../identifier.ts";
import { openEnum } from "../stored.ts";
import { added, type RowWrite } from "../table/table.ts";
import { exportLane } from "./export-lane.ts";

export type SyncReason = "confirmed" | "feed" | "webhook" | "check" | "watch" | "export" | "replaced" | "left-out";

/**
 * The tasks by kind, each as its queue carries it. Ids only: no counts, no tokens, no addresses. A message may be older
 * or newer than its worker, so a field that the worker does not know is no fault.
 */
export const taskOf = {
  "sync-accounts": z.object({
    kind: z.literal("sync-accounts"),
    partnerId: z.string(),
    reason: openEnum<SyncReason>(),
  }),
  "sync-catalogue": z.object({ kind: z.literal("sync-catalogue") }),
  "send-owner-mail": z.object({ kind: z.literal("send-owner-mail"), partnerId: z.string(), mailId: z.string() }),
  "export-usage": z.object({
    kind: z.literal("export-usage"),
    lane: exportLane,
    partnerId: z.string(),
    exportId: z.string(),
    /** Counts the messages of one export up. */
    leg: z.int().min(0),
  }),
  "close-connection": z.object({
    kind: z.literal("close-connection"),
    partnerId: z.string(),
    secretName: z.string(),
    versionId: z.string(),
    /** Gradient's id of the connection that was left; messages of before do not name it. */
    integrationId: z.string().optional(),
  }),
};

/** A piece of work that is owed to a queue. */
export type Task = { [Kind in keyof typeof taskOf]: z.infer<(typeof taskOf)[Kind]> }[keyof typeof taskOf];

// its worker may know more fields than whoever relays it
const owedTask = z.discriminatedUnion("kind", [
  taskOf["sync-accounts"].loose(),
  taskOf["sync-catalogue"].loose(),
  taskOf["send-owner-mail"].loose(),
  taskOf["export-usage"].loose(),
  taskOf["close-connection"].loose(),
]);

/** A task that has not yet reached its queue. Written in one transaction with what made it due, deleted once queued. */
export const outboxRow = z.object({
  id: z.string(),
  task: owedTask,
  owedSince: instant,
  pk: z.string(),
  sk: z.string(),
});
export type OutboxRow = z.infer<typeof outboxRow>;

// One partition takes 1,000 writes a second; one tick may owe tens of thousands of tasks at once.
const shards = 8;
const shardOf = (id: string): number => createHash("sha256").update(id).digest().readUInt8(0) % shards;

export const outboxPks = Array.from({ length: shards }, (_, shard) => `outbox#${shard}`);

/** Owes `task` to its queue from the moment that the transaction holds. */
export const owe = (owed: Task, { id, at }: { id: string; at: string }): RowWrite =>
  added({ pk: `outbox#${shardOf(id)}`, sk: `${at}#${id}`, id, task: owed, owedSince: at });
