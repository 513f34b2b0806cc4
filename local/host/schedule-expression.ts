/** When a schedule is due, in minutes and hours of UTC. */
export interface Timing {
  /** The first due time after this moment. */
  next(after: Date): Date;
}

const unitMs = new Map([
  ["minute", 60_000],
  ["hour", 3_600_000],
  ["day", 86_400_000],
]);

const rateTiming = (count: number, unit: string): Timing => {
  const periodMs = count * (unitMs.get(unit) ?? 0);
  return { next: (after) => new Date(after.getTime() + periodMs) };
};

const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

interface Field {
  from: number;
  to: number;
  /** Names that may stand for numbers, the first for `from`. */
  names?: string[];
}

const fields: Field[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12, names: monthNames },
  { from: 1, to: 7, names: dayNames },
  { from: 1970, to: 2199 },
];

/** The values that one field allows: `*`, `?`, `5`, `MON-FRI`, `1,15`, `0/10`. */
const allowedValues = (text: string, { from, to, names = [] }: Field): Set<number> => {
  const numberOf = (word: string): number => {
    const named = names.indexOf(word.toUpperCase());
    const value = named === -1 ? Number(word) : named + from;
    if (!Number.isInteger(value) || value < from || value > to) {
      throw new Error(`"${text}" in a cron expression is not imitated locally.`);
    }
    return value;
  };
  const values = text.split(",").flatMap((part) => {
    const [range = "", step] = part.split("/");
    const isAny = range === "*" || range === "?";
    const [first, last] = isAny ? [from, to] : range.split("-").map(numberOf);
    const lowest = first ?? from;
    const highest = last ?? (step === undefined ? lowest : to);
    const stride = step === undefined ? 1 : Number(step);
    return Array.from({ length: Math.floor((highest - lowest) / stride) + 1 }, (_, index) => lowest + index * stride);
  });
  return new Set(values);
};

// four years: enough for 29 February
const searchLimitMinutes = 4 * 366 * 24 * 60;

const cronTiming = (text: string): Timing => {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    throw new Error(`cron(${text}) does not have six fields.`);
  }
  const allowed = fields.map((field, index) => allowedValues(parts[index] ?? "", field));
  const isDue = (at: Date): boolean =>
    [
      at.getUTCMinutes(),
      at.getUTCHours(),
      at.getUTCDate(),
      at.getUTCMonth() + 1,
      at.getUTCDay() + 1,
      at.getUTCFullYear(),
    ].every((value, index) => allowed[index]?.has(value));
  return {
    next: (after) => {
      const at = new Date(after);
      at.setUTCSeconds(0, 0);
      for (let minute = 0; minute < searchLimitMinutes; minute += 1) {
        at.setUTCMinutes(at.getUTCMinutes() + 1);
        if (isDue(at)) {
          return at;
        }
      }
      throw new Error(`cron(${text}) never comes.`);
    },
  };
};

/** `rate(5 minutes)` or `cron(0 * * * ? *)`, as EventBridge Scheduler writes them. */
export const parseSchedule = (expression: string): Timing => {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  const cron = /^cron\((.+)\)$/.exec(expression);
  if (rate?.[1] !== undefined && rate[2] !== undefined) {
    return rateTiming(Number(rate[1]), rate[2]);
  }
  if (cron?.[1] !== undefined) {
    return cronTiming(cron[1]);
  }
  throw new Error(`The schedule expression ${expression} is not imitated locally.`);
};
