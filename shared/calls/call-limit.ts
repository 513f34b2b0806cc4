import * as z from "zod";
import { AppError } from "../errors.ts";
import { logger } from "../logger.ts";
import { partnerPk } from "../partners/partner.ts";
import { faultsOf } from "../stored.ts";
import { type Item, isConflict, store, type Table, versioned } from "../table/table.ts";

/** The changing calls of a partner's people within the last minute, oldest first, in milliseconds. */
const recentCalls = z.object({ at: z.array(z.number()), version: z.number() });

const minuteMs = 60_000;
/** What a page and a person behind it need at most, many times over (contract, section 2). */
export const usualCallsPerMinute = 30;

export interface CallLimit {
  table: Pick<Table, "get" | "put">;
  now: () => Date;
  perMinute?: number;
}

/** What the row says; undefined where it cannot be read, which must lock nobody out. */
const readCalls = (row: Item | undefined): z.infer<typeof recentCalls> | undefined => {
  if (!row) return { at: [], version: 0 };
  const parsed = recentCalls.safeParse(row);
  if (!parsed.success) {
    const { pk, sk } = row;
    logger.error("a count of calls cannot be read, it begins anew", { pk, sk, faults: faultsOf(parsed.error) });
  }
  return parsed.data;
};

/**
 * Counts a partner's changing calls in one row; throws `calls.too-many` for one beyond the limit, which is not counted.
 * Of calls at the same time one is counted after the other, so each looks again as often as others can come before it.
 */
export const callLimit =
  ({ table, now, perMinute = usualCallsPerMinute }: CallLimit) =>
  async (partnerId: string): Promise<void> => {
    const key = { pk: partnerPk(partnerId), sk: "calls" };
    for (let attempts = 0; ; attempts += 1) {
      const known = readCalls(await table.get(key));
      const time = now().getTime();
      // what lies further ahead was counted by a clock that was wrong
      const recent = (known?.at ?? []).filter((each) => Math.abs(time - each) < minuteMs);
      if (recent.length >= perMinute) {
        const waitMs = Math.min(...recent, time) + minuteMs - time;
        const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
        const detail = `At most ${perMinute} changes a minute. Try again in ${retryAfterSeconds} s.`;
        throw new AppError("too-many", "calls.too-many", detail, { retryAfterSeconds });
      }
      const expiresAt = Math.ceil((time + minuteMs) / 1000);
      try {
        const counted = versioned({ ...key, at: [...recent, time], expiresAt, version: known?.version ?? 0 });
        await (known ? store(table, counted) : table.put(counted.put));
        return;
      } catch (error) {
        if (!isConflict(error) || attempts > 2 * perMinute) throw error;
      }
    }
  };
