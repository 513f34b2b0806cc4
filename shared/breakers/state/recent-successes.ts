import * as z from "zod";
import { identifier, instant } from "../../identifier.ts";
import type { Clock } from "../../pace/clock.ts";
import { retryOnConflict, type Table } from "../../table/table.ts";
import { iso } from "./breaker.ts";
import { unlessLost } from "./breaker-rows.ts";
import { hintRow } from "./hint-row.ts";

const successes = z.object({
  partners: z.array(z.object({ partnerId: identifier, at: instant })),
});
type Success = z.infer<typeof successes>["partners"][number];

const key = { pk: "breaker#recent-successes", sk: "recent-successes" };
const maxPartners = 8;
const writeEveryMs = 60_000;

/**
 * The few partners whose tokens Gradient took last: whoever doubts a token asks them. One row, which a process writes
 * once a minute at most, and at once while it has room for a partner that is not in it: where there are but two, each
 * is the other's only witness. A write that loses to another process's is as good as that one.
 */
export const recentSuccesses = (table: Pick<Table, "get" | "put">, clock: Pick<Clock, "now">) => {
  let noted = new Map<string, number>();
  let writtenAt = Number.NEGATIVE_INFINITY;
  /** Whom the row named when this process saw it last. */
  let known = new Set<string>();

  const row = hintRow(table, { key, holds: successes, none: { partners: [] } });
  const write = async (news: Success[]): Promise<void> => {
    const { value, at } = await row.read();
    const isNew = new Set(news.map(({ partnerId }) => partnerId));
    const all = [...news, ...value.partners.filter(({ partnerId }) => !isNew.has(partnerId))];
    const latest = all.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, maxPartners);
    known = new Set(latest.map(({ partnerId }) => partnerId));
    await row.write({ partners: latest }, at);
  };

  return {
    /** Latest first. */
    list: async (): Promise<string[]> => (await row.read()).value.partners.map(({ partnerId }) => partnerId),
    note: async (partnerId: string, at: number): Promise<void> => {
      noted.set(partnerId, Math.max(at, noted.get(partnerId) ?? 0));
      const isMissed = known.size < maxPartners && !known.has(partnerId);
      if (!isMissed && clock.now() < writtenAt + writeEveryMs) return;
      writtenAt = clock.now();
      const news = [...noted].map(([id, last]) => ({ partnerId: id, at: iso(last) }));
      noted = new Map();
      await unlessLost(undefined, () => write(news));
    },
    /** The one success that matters now. */
    noteAtOnce: (partnerId: string): Promise<void> =>
      retryOnConflict(() => write([{ partnerId, at: iso(clock.now()) }])),
  };
};
export type RecentSuccesses = ReturnType<typeof recentSuccesses>;
