const written = (at: Date, timeZone: string) => {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone }).format(at);
  return {
    day: part({ day: "numeric", month: "long", year: "numeric" }),
    time: part({ hour: "2-digit", minute: "2-digit", hour12: false }),
  };
};

const isKnown = (timeZone: string): boolean => {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone });
    return true;
  } catch {
    return false;
  }
};

/** A moment in UTC and on the partner's own clock; UTC alone where the two are one, or where the zone is unknown. */
export const inWords = (at: Date, timeZone: string): string => {
  const utc = written(at, "UTC");
  const inUtc = `${utc.day}, ${utc.time} UTC`;
  if (!isKnown(timeZone)) return inUtc;

  const own = written(at, timeZone);
  if (own.day !== utc.day) return `${inUtc} (${own.day}, ${own.time} in ${timeZone})`;
  return own.time === utc.time ? inUtc : `${inUtc} (${own.time} in ${timeZone})`;
};
