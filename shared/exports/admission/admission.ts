import * as z from "zod";
import { UnreadableRecord } from "../../errors.ts";
import { readRow } from "../../stored.ts";
import { pack, readPacked } from "../../table/packed.ts";
import { type Item, type Key, type RowWrite, type Table, versioned } from "../../table/table.ts";

/** How many runs that nobody waits for are under way at most. One worker carries them all, under one pacer. */
export const maxUnderWay = 20;
// so many take no large run
export const placesForLarge = maxUnderWay - maxUnderWay / 4;

const place = z.object({
  partnerId: z.string(),
  exportId: z.string(),
  isLarge: z.boolean(),
  /** Sends old counts again, and nothing that has changed. */
  isRepeat: z.boolean().default(false),
  /**
   * Since when it waits for a worker: admitted with a message that none may have received yet. Null: a worker took it
   * on.
   */
  waitsSince: z.string().nullable(),
  /**
   * Its row, or its partner's, cannot be read, or the table refuses to have it closed. It is looked at each minute, and
   * keeps nobody out.
   */
  isAside: z.boolean().optional(),
});
export type Place = z.infer<typeof place>;

const places = z.array(place);

const stored = z.object({
  /** Lines that a run has to send, on average over the last ones: for the estimate that partners see. */
  usualLines: z.number().default(0),
  /** When a worker took on a run by itself last: then it looks for more. */
  tookAt: z.string().nullable().default(null),
  version: z.number(),
});

/**
 * The runs under way that were admitted: one row lists them, and whoever admits drops those that are over. There is no
 * counter.
 */
export type Admission = z.infer<typeof stored> & { places: Place[] };

const admissionKey: Key = { pk: "admission", sk: "under-way" };

const fromItem = (item: Item): Admission => ({
  ...readRow(stored, item),
  // rows of before are not packed
  places: item.packed === undefined ? readRow(places, item, item.places) : readPacked(places, item),
});

const none: Admission = { places: [], usualLines: 0, tookAt: null, version: 0 };

export const readAdmission = async (table: Pick<Table, "get">): Promise<Admission> => {
  const item = await table.get(admissionKey);
  return item ? fromItem(item) : none;
};

/** The row as an operator's command finds it, whatever is in it. */
export interface FoundAdmission {
  value: Admission;
  isReadable: boolean;
  /** The version is told apart: null where not even that can be read. Nobody of the service can write such a row. */
  version: number | null;
}

const salvaged = z.object({ usualLines: z.number().catch(0), version: z.number().nullable().catch(null) });

/** The same, or what is left of a row that cannot be read: it lists nothing then. */
export const findAdmission = async (table: Pick<Table, "get">): Promise<FoundAdmission> => {
  const item = await table.get(admissionKey);
  try {
    const value = item ? fromItem(item) : none;
    return { value, isReadable: true, version: value.version };
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    const { usualLines, version } = salvaged.parse(item);
    return { value: { ...none, usualLines, version: version ?? 0 }, isReadable: false, version };
  }
};

/** Packed: it is in the transaction of every start, where twenty places as they are would cost two units more. */
export const admissionWrite = ({ places: held, ...value }: Admission): RowWrite =>
  versioned({ ...value, ...admissionKey, packed: pack(held) });

/** The runs that take room: one that is aside takes none, unless so many are that a cause is common to them. */
export const taken = ({ places: held }: Pick<Admission, "places">): Place[] => {
  const aside = held.filter(({ isAside }) => isAside).slice(0, maxUnderWay);
  return held.filter((each) => !aside.includes(each));
};

export const hasPlace = (admission: Admission, isLarge: boolean): boolean => {
  const held = taken(admission);
  return held.length < maxUnderWay && (!isLarge || held.filter((its) => its.isLarge).length < placesForLarge);
};

// a run's size moves the average by a twentieth: some twenty runs, a few seconds of a busy night
const weight = 0.05;
export const withRunOf = (value: Admission, lines: number): Admission => ({
  ...value,
  usualLines: value.usualLines === 0 ? lines : value.usualLines + weight * (lines - value.usualLines),
});
