const written = (at: Date, timeZone: string) => {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone }).format(at);
  const day = part({ day: "numeric", month: "long", year: "numeric" });
  const time = part({ hour: "2-digit", minute: "2-digit", hour12: false });
  return `${day}, ${time}`;
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
  const utc = `${written(at, "UTC")} UTC`;
  if (!isKnown(timeZone) || written(at, timeZone) === written(at, "UTC")) return utc;
  return `${utc} (${written(at, timeZone)} in ${timeZone})`;
};
