import { AsyncLocalStorage } from "node:async_hooks";
import * as z from "zod";
import { AppError } from "../errors.ts";
import { instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { readRow } from "../stored.ts";
import { type Item, isConflict, type RowWrite, store, type Table, versioned, type Write } from "../table/table.ts";
import { underWayMs } from "./under-way.ts";

/** An answer as it went out. */
const answer = z.object({ statusCode: z.number(), headers: z.record(z.string(), z.string()), body: z.string() });
export type Answer = z.infer<typeof answer>;

const firstCall = z.object({
  /** Of what was asked. */
  digest: z.string(),
  /** Since when somebody works on it; what takes longer than they may have has died. */
  startedAt: instant,
  /** Once it has its effect, or was refused. */
  answer: answer.nullable(),
  version: z.number(),
});
type FirstCall = z.infer<typeof firstCall>;

const keptMs = 24 * 60 * 60_000;
const maxWrites = 100;

export interface KeyedCall {
  partnerId: string;
  /** The route's key. */
  route: string;
  key: string;
  digest: string;
  /** The answer, where the rows that an effect writes tell it: then it is written with them. */
  answerOf?: ((rows: Item[]) => Answer | undefined) | undefined;
}

interface UnderWay {
  write: (rows: Item[]) => RowWrite;
  written: (write: RowWrite) => void;
}

interface Dependencies {
  table: Table;
  now: () => Date;
}

const inProgress = () =>
  new AppError("conflict", "idempotency.in-progress", "The first call with this key is still under way.", {
    retryAfterSeconds: 1,
  });
const mismatch = () =>
  new AppError(
    "invalid",
    "idempotency.mismatch",
    "This key was used before, with another request. Take a new key for this one.",
  );

// what the caller may repeat with another outcome: it keeps nothing
const isKept = ({ statusCode, body }: Answer): boolean =>
  statusCode < 300 || ((statusCode === 409 || statusCode === 422) && !body.includes('"code":"table.conflict"'));

/**
 * Answers of calls that carry an `Idempotency-Key`, for a day. `table` is for the use cases behind such calls: the
 * first thing that one of them writes carries the note that it was done, so that a worker's death after it makes no
 * second effect of a repeat where the answer can be told from what was written.
 */
export const idempotency = ({ table, now }: Dependencies) => {
  const underWay = new AsyncLocalStorage<UnderWay>();

  const transact = async (writes: Write[]): Promise<void> => {
    const call = underWay.getStore();
    if (!call || writes.length >= maxWrites) return table.transact(writes);
    const note = call.write(writes.flatMap((write) => ("put" in write ? [write.put] : [])));
    await table.transact([...writes, note]);
    call.written(note);
  };
  const put: Table["put"] = (item, expect) =>
    underWay.getStore()
      ? transact([{ put: item, ...(expect === undefined ? {} : { expect }) }])
      : table.put(item, expect);

  const keyOf = ({ partnerId, route, key }: KeyedCall) => ({ pk: partnerPk(partnerId), sk: `call#${route}#${key}` });
  const rowOf = (call: KeyedCall, value: FirstCall): RowWrite =>
    versioned({
      ...keyOf(call),
      ...value,
      expiresAt: Math.ceil((Date.parse(value.startedAt) + keptMs) / 1000),
    });

  const isSince = ({ startedAt }: FirstCall, ms: number): boolean => Date.parse(startedAt) + ms > now().getTime();

  /** Takes the key, or finds what the first call with it was answered. */
  const claim = async (call: KeyedCall): Promise<{ answered: Answer } | { claimed: FirstCall }> => {
    const row = await table.get(keyOf(call));
    const stored = row && readRow(firstCall, row);
    // a row that is past its time may still be there for a while
    const known = stored && isSince(stored, keptMs) ? stored : undefined;
    if (known && known.digest !== call.digest) throw mismatch();
    if (known?.answer) return { answered: known.answer };
    if (known && isSince(known, underWayMs)) throw inProgress();
    const claimed = {
      digest: call.digest,
      startedAt: now().toISOString(),
      answer: null,
      version: stored?.version ?? 0,
    };
    await store(table, rowOf(call, claimed)).catch((error: unknown) => {
      throw isConflict(error) ? inProgress() : error;
    });
    return { claimed: { ...claimed, version: claimed.version + 1 } };
  };

  /** Keeps the answer, or frees the key; what was written with its effect stays, whatever went wrong after it. */
  const settle = async (call: KeyedCall, current: FirstCall, given: Answer): Promise<void> => {
    if (isKept(given)) await store(table, rowOf(call, { ...current, answer: current.answer ?? given }));
    else if (!current.answer) await table.delete(keyOf(call), current.version);
  };

  const once = async (
    call: KeyedCall,
    work: () => Promise<Answer>,
  ): Promise<{ answer: Answer; isReplayed: boolean }> => {
    const found = await claim(call);
    if ("answered" in found) return { answer: found.answered, isReplayed: true };
    let current = found.claimed;
    const given = await underWay.run(
      {
        write: (rows) => rowOf(call, { ...current, answer: call.answerOf?.(rows) ?? current.answer }),
        written: ({ put: row }) => {
          current = readRow(firstCall, row);
        },
      },
      work,
    );
    await settle(call, current, given).catch((error: unknown) => {
      // who took over in the meantime has an answer of their own
      if (!isConflict(error)) throw error;
    });
    return { answer: given, isReplayed: false };
  };

  return { table: { ...table, put, transact }, once };
};

export type Idempotency = ReturnType<typeof idempotency>;
