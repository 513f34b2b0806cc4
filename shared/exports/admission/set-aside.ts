import { dueKinds } from "../../integrations/record/due-dates.ts";
import { logFailure } from "../../log-failure.ts";
import { type DueKey, store, type Table, versioned } from "../../table/table.ts";

// what cannot be read may be mended by then, by an operator or by another version
const pauseMs = 60 * 60_000;
const moments = [dueKinds.wanted, dueKinds.repeats].map(({ index }) => `${index}At`);

/**
 * Puts a partner whose rows cannot be read behind all others in line for an hour, and changes nothing else of it: a
 * hundred such rows would otherwise stand before everybody for ever.
 */
export const setAside = async (table: Pick<Table, "get" | "put">, { pk, sk }: DueKey, now: Date): Promise<void> => {
  try {
    const row = await table.get({ pk, sk });
    if (!row || !Number.isInteger(row.version)) return;
    const later = new Date(now.getTime() + pauseMs).toISOString();
    const moved = Object.fromEntries(moments.flatMap((at) => (typeof row[at] === "string" ? [[at, later]] : [])));
    await store(table, versioned({ ...row, ...moved }));
  } catch (error) {
    logFailure("a partner that cannot be read stays first in line", error);
  }
};
