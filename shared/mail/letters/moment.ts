/** How a zone's clock is written; undefined where there is no such zone. */
const writers = new Map<string, { day: Intl.DateTimeFormat; time: Intl.DateTimeFormat } | undefined>();

const newWriter = (timeZone: string) => {
  try {
    return {
      day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone }),
      time: new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone }),
    };
  } catch {
    return undefined;
  }
};
// To make one takes a hundred times as long as to use it; kept it takes 60 kB.
const maxKept = 100;

const writerFor = (timeZone: string) => {
  if (writers.size > maxKept) writers.clear();
  if (!writers.has(timeZone)) writers.set(timeZone, newWriter(timeZone));
  return writers.get(timeZone);
};

const written = (at: Date, timeZone: string) => {
  const writer = writerFor(timeZone);
  return writer && { day: writer.day.format(at), time: writer.time.format(at) };
};

/** A moment in UTC and on the partner's own clock; UTC alone where the two are one, or where the zone is unknown. */
export const inWords = (at: Date, timeZone: string): string => {
  const utc = written(at, "UTC");
  const inUtc = `${utc?.day}, ${utc?.time} UTC`;
  const own = written(at, timeZone);
  if (!own) return inUtc;

  if (own.day !== utc?.day) return `${inUtc} (${own.day}, ${own.time} in ${timeZone})`;
  return own.time === utc.time ? inUtc : `${inUtc} (${own.time} in ${timeZone})`;
};
