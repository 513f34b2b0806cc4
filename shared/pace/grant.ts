import {
  type CallClass,
  type Decision,
  type Limiter,
  type NotBefore,
  pauseEnd,
  type SlotBlock,
  stretch,
} from "./limiter.ts";

// Runs that people wait for share 40 slots at a time, workers that nobody waits for 20: each block is a write. A sender
// holds one and a half blocks at most, and nobody who can wait makes the line longer than 30 slots: so many lie ahead
// of a person's first call.
const blockOfPeople = 40;
const leastForPerson = 4;
const blockOfScheduled = 20;
// Less is a write for every few calls, and writers in each other's way. There are more than four only while large runs
// of people, which have had their priority, go beside the worker that nobody waits for: then the line may be longer.
const leastForWorker = 5;
const shortestLine = 30;
const lineOfEach = 7;
// what is left to each worker that nobody waits for, while people wait: two slots beside their forty
const besidePeople = 2;
const lowEvery = 10;
const blockOfLow = 4;
// a run that begins finds no more of them before it
const lineOfLow = 10;
/**
 * Calls ahead of all others in any 1.1 s. At 95 a second, and with the one at either end of the window, three more make
 * 99 in a second, and leave 21 ms of the 52 ms by which the ways of calls to Gradient may differ.
 */
export const maxBorrowed = 3;
const borrowWindowMs = 1100;
// one partner that tries tokens without end leaves the third to others
const maxBorrowedByOne = 2;
// a reservation takes as long: a call that was given the present moment would come too late for it
const personLeadMs = 15;

export interface Asking {
  class: CallClass;
  /** Tells the runs and workers apart that share the rate; of a person's call, the partner. */
  taker: string;
  /** Most that are of use. */
  count: number;
  /** The first moment is at least so far away. */
  leadMs: number;
}

type Granted = Decision<SlotBlock | NotBefore>;

/** A block at the end of the line. */
const atTheEnd = (row: Limiter, asking: Pick<Asking, "leadMs">, count: number, now: number, periodMs: number) => {
  const firstAt = Math.max(row.next, now + asking.leadMs);
  const end = firstAt + count * periodMs;
  return { block: { firstAt, periodMs, count }, end, value: { ...row, next: end } };
};

/** How long those who can wait make the line, with so many workers at it. */
const longestLine = (workers: number): number => Math.max(shortestLine, lineOfEach * workers);

/** How many slots may be added to the line until it is so long, and when there is room for some again. */
const roomInLine = (row: Limiter, longest: number, now: number, periodMs: number) => {
  const held = Math.ceil(Math.max(0, row.next - now) / periodMs);
  return { room: longest - held, roomAt: row.next - (longest - besidePeople) * periodMs };
};

const isWithPeople = (takers: Limiter["takers"]): boolean => takers.some(({ class: its }) => its === "on-demand");

type RunAsking = Asking & { class: "on-demand" | "scheduled" };

const forRun = (row: Limiter, asking: RunAsking, now: number, periodMs: number): Granted => {
  const others = row.takers.filter(({ id, until }) => id !== asking.taker && until > now);
  const alike = 1 + others.filter(({ class: its }) => its === asking.class).length;
  const taking = (share: number): Granted => {
    const { block, end, value } = atTheEnd(row, asking, Math.min(asking.count, share), now, periodMs);
    const taker = { id: asking.taker, class: asking.class, until: end };
    return { value: { ...value, takers: [...others, taker] }, result: block };
  };
  if (asking.class === "on-demand") return taking(Math.max(leastForPerson, Math.floor(blockOfPeople / alike)));
  if (isWithPeople(others)) return taking(besidePeople);
  const { room, roomAt } = roomInLine(row, longestLine(alike), now, periodMs);
  if (room < 1) return { result: { notBefore: roomAt } };
  return taking(Math.min(room, Math.max(leastForWorker, Math.floor(blockOfScheduled / alike))));
};

/** Ahead of all others, and the line behind moves on by as much: over some seconds, the rate is what it was. */
const forPersonCall = (row: Limiter, asking: Asking, now: number, periodMs: number): Granted => {
  const at = Math.max(now + Math.max(asking.leadMs, personLeadMs), pauseEnd(row));
  const block = { firstAt: at, periodMs, count: 1 };
  if (row.next <= at) return { value: { ...row, next: at + periodMs }, result: block };
  const recent = row.borrowed.filter((one) => one.at > at - borrowWindowMs);
  const own = recent.filter(({ by }) => by === asking.taker);
  const inTheWay = own.length >= maxBorrowedByOne ? own.at(-maxBorrowedByOne) : recent.at(-maxBorrowed);
  if (inTheWay) return { result: { notBefore: Math.min(inTheWay.at + borrowWindowMs, row.next) } };
  const borrowed = [...recent, { at, by: asking.taker }];
  return { value: { ...row, next: row.next + periodMs, borrowed }, result: block };
};

const forLow = (row: Limiter, asking: Asking, now: number, periodMs: number): Granted => {
  const others = row.takers.filter(({ until }) => until > now);
  const isBusy = others.length > 0;
  const longest = isWithPeople(others) ? Number.POSITIVE_INFINITY : longestLine(others.length);
  const { room, roomAt } = roomInLine(row, isBusy ? longest : lineOfLow, now, periodMs);
  const most = Math.min(asking.count, room, isBusy ? 1 : blockOfLow);
  const { block, end, value } = atTheEnd(row, asking, most, now, periodMs);
  const missingMs = isBusy ? row.lowAt + lowEvery * periodMs - block.firstAt : 0;
  if (room < 1 || missingMs > 0) return { result: { notBefore: Math.max(roomAt, now + missingMs) } };
  return { value: { ...value, lowAt: end - periodMs }, result: block };
};

/**
 * What somebody gets who asks for slots. Nobody is refused: where there is nothing now, there is a moment to ask again.
 */
export const grant = (
  row: Limiter,
  asking: Asking,
  { now, perSecond }: { now: number; perSecond: number },
): Granted => {
  const periodMs = (1000 / perSecond) * stretch(row, now);
  switch (asking.class) {
    case "person-call":
      return forPersonCall(row, asking, now, periodMs);
    case "low":
      return forLow(row, asking, now, periodMs);
    default:
      return forRun(row, { ...asking, class: asking.class }, now, periodMs);
  }
};
