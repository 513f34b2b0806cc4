import type { Random } from "../world/random.ts";
import type { HistoryKind } from "./history.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

type Choices = readonly [number, ...number[]];

/** How much a history has of everything. */
export interface Size {
  partners: Choices;
  /** Of each partner, at most. */
  customers: number;
  /** Of one whose partners all still have to map. */
  mappingMs: Choices;
  lengthMs: Choices;
  /** When a partner is due first. */
  dueInMs: Choices;
  scenes: number;
  /** Of a scene. */
  spanMs: Choices;
  /** How many partners have mapped before it begins. */
  active: number;
  /** In how many somebody counts anew whenever a call is lost. */
  tempts: number;
  /** Nobody and nothing takes an hour. */
  isShort: boolean;
}

interface Sized {
  /** How often; all of a kind make 1. */
  share: number;
  size: Size;
}

const usual = {
  dueInMs: [10 * secondMs, 10 * secondMs, 40 * secondMs, 10 * minuteMs, 3 * hourMs],
  scenes: 4,
  spanMs: [2 * secondMs, 20 * secondMs, 2 * minuteMs, 5 * minuteMs],
  active: 0.75,
  tempts: 0.15,
  isShort: false,
} as const;
const short = {
  mappingMs: [2 * minuteMs, 5 * minuteMs],
  dueInMs: [secondMs, 5 * secondMs, 10 * secondMs, minuteMs],
  active: 0.9,
  tempts: 0.3,
  scenes: 1,
  spanMs: [10 * secondMs, 20 * secondMs, minuteMs],
  isShort: true,
} as const;
const half = hourMs / 2;

// What breaks does so with few lines, few events and within minutes; the longer ones are there for what needs hours:
// the ladders of breakers, the dates of several days, what is kept for an hour.
const sizes: Record<HistoryKind, readonly [Sized, ...Sized[]]> = {
  partner: [
    { share: 0.89, size: { ...short, partners: [1], customers: 3, lengthMs: [2 * minuteMs, 5 * minuteMs] } },
    { share: 0.07, size: { ...usual, partners: [1], customers: 3, mappingMs: [half], lengthMs: [half, half, hourMs] } },
    {
      share: 0.04,
      size: { ...usual, partners: [1], customers: 3, mappingMs: [half], lengthMs: [6 * hourMs, 3 * dayMs] },
    },
  ],
  fleet: [
    {
      share: 0.8,
      size: { ...short, partners: [2, 2, 3, 4], customers: 2, scenes: 2, lengthMs: [5 * minuteMs, 20 * minuteMs] },
    },
    { share: 0.16, size: { ...usual, partners: [3, 4, 5, 6], customers: 3, mappingMs: [hourMs], lengthMs: [hourMs] } },
    {
      share: 0.03,
      size: { ...usual, partners: [3, 4, 5, 6], customers: 3, mappingMs: [hourMs], lengthMs: [6 * hourMs, 3 * dayMs] },
    },
    { share: 0.01, size: { ...usual, partners: [12], customers: 2, mappingMs: [hourMs], lengthMs: [hourMs, dayMs] } },
  ],
};

export const someSize = (random: Random, kind: HistoryKind): Size => {
  let left = random.next();
  const chosen = sizes[kind].find(({ share }) => {
    left -= share;
    return left < 0;
  });
  return (chosen ?? sizes[kind][0]).size;
};
