import * as z from "zod";
import { hintRow } from "#shared/breakers/state/hint-row";
import { identifier, instant } from "#shared/identifier";
import { logger } from "#shared/logger";
import { hourMs } from "#shared/schedules/zoned-time";
import { retryOnConflict, type Table } from "#shared/table/table";

const key = { pk: "breaker#suspected", sk: "suspected" };
/** The latest, newest first. */
const suspected = z.object({ partners: z.array(z.object({ partnerId: identifier, at: instant })) });

// where a tenth of fifty thousand partners leaves within a year, one leaves in two hours: five in one is not by chance
const many = 5;
const withinMs = hourMs;
// thousands may be suspected at once, and need no write each
const freshMs = 10 * 60_000;

/**
 * Whether many partners have begun, within an hour, to seem disconnected in Gradient: partners leave one by one, so
 * that is Gradient's doing. Notes a partner that begins to (`isNew`) at this moment; one that is held for it is none,
 * or a hold would feed itself. Tells operators for as long as others begin to.
 */
export const manySuspected = ({ table }: { table: Pick<Table, "get" | "put"> }) => {
  const row = hintRow(table, { key, holds: suspected, none: { partners: [] } });

  return (partnerId: string, at: string, isNew: boolean): Promise<boolean> =>
    retryOnConflict(async () => {
      const { value, at: version } = await row.read();
      const isWithin =
        (ms: number) =>
        (one: { at: string }): boolean =>
          Date.parse(one.at) > Date.parse(at) - ms;
      const known = value.partners.filter(isWithin(withinMs));
      const wereMany = known.length >= many;
      const others = known.filter((one) => one.partnerId !== partnerId);
      if (!isNew) return wereMany;
      const told = wereMany ? known : known.filter((one) => one.partnerId === partnerId);
      if (told.length > 0 && told.every(isWithin(freshMs))) return wereMany;
      const partners = [{ partnerId, at }, ...others].slice(0, many);
      await row.write({ partners }, version);
      const areMany = partners.length >= many;
      if (areMany) {
        logger.error("many partners seem to have disconnected in gradient at once", {
          some: partners.map((one) => one.partnerId),
        });
      }
      return areMany;
    });
};
