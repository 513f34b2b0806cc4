/** When everything in these tests happens. */
export const noon = "2026-11-22T12:00:00.000Z";

export const minutesAfter = (minutes: number, at: string = noon): string =>
  new Date(Date.parse(at) + minutes * 60_000).toISOString();

export const now = (): Date => new Date(noon);

/** Ids that count up: `id-1`, `id-2`. */
export const countingIds = () => {
  let last = 0;
  return (): string => {
    last += 1;
    return `id-${last}`;
  };
};
