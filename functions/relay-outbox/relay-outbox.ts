import { throwAll } from "#shared/errors";
import { type OutboxRow, outboxPks, outboxRow } from "#shared/outbox/outbox";
import type { TaskQueues } from "#shared/outbox/task-queues";
import { readRow } from "#shared/stored";
import { allItems, type Table } from "#shared/table/table";

interface Dependencies {
  table: Pick<Table, "query" | "delete">;
  queues: TaskQueues;
  now: () => Date;
}

/** Queues one owed task, then forgets it. A crash between the two queues it twice, which every worker bears. */
export const relayRow =
  ({ table, queues }: Pick<Dependencies, "table" | "queues">) =>
  async ({ pk, sk, task }: OutboxRow): Promise<void> => {
    await queues.send(task);
    await table.delete({ pk, sk });
  };

// The stream relays a row within a second or two; what is older than this was missed.
const overdueMs = 60_000;
const pageSize = 100;
const reserveMs = 5_000;

/**
 * Queues what the stream missed. Answers how many rows that were: more than none is worth a look. A row that cannot be
 * queued stays and keeps no other back; what failed is thrown in the end.
 */
export const sweepOutbox = ({ table, queues, now }: Dependencies) => {
  const relay = relayRow({ table, queues });
  return async ({ remainingMs }: { remainingMs: () => number }): Promise<{ relayed: number }> => {
    const overdue = new Date(now().getTime() - overdueMs).toISOString();
    const failures: unknown[] = [];
    let relayed = 0;
    for (const pk of outboxPks) {
      // oldest first: the first row that is not overdue ends the partition
      for await (const item of allItems(table, { pk, limit: pageSize })) {
        if (item.sk > overdue || remainingMs() < reserveMs) break;
        try {
          await relay(readRow(outboxRow, item));
          relayed += 1;
        } catch (error) {
          failures.push(error);
        }
      }
    }
    throwAll(failures);
    return { relayed };
  };
};
