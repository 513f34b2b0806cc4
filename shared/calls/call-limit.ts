import * as z from "zod";
import { AppError } from "../errors.ts";
import { partnerPk } from "../partners/partner.ts";
import { readRow } from "../stored.ts";
import { isConflict, store, type Table, versioned } from "../table/table.ts";

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

/**
 * Counts a partner's changing calls in one row; throws `calls.too-many` for one beyond the limit, which is not counted.
 * Of calls at the same time one is counted after the other, so each looks again as often as others can come before it.
 */
export const callLimit =
  ({ table, now, perMinute = usualCallsPerMinute }: CallLimit) =>
  async (partnerId: string): Promise<void> => {
    const key = { pk: partnerPk(partnerId), sk: "calls" };
    for (let attempts = 0; ; attempts += 1) {
      const row = await table.get(key);
      const { at, version } = row ? readRow(recentCalls, row) : { at: [], version: 0 };
      const time = now().getTime();
      const recent = at.filter((each) => each > time - minuteMs);
      const [oldest = time] = recent;
      if (recent.length >= perMinute) {
        const retryAfterSeconds = Math.max(1, Math.ceil((oldest + minuteMs - time) / 1000));
        const detail = `At most ${perMinute} changes a minute. Try again in ${retryAfterSeconds} s.`;
        throw new AppError("too-many", "calls.too-many", detail, { retryAfterSeconds });
      }
      const expiresAt = Math.ceil((time + minuteMs) / 1000);
      try {
        await store(table, versioned({ ...key, at: [...recent, time], expiresAt, version }));
        return;
      } catch (error) {
        if (!isConflict(error) || attempts > 2 * perMinute) throw error;
      }
    }
  };
