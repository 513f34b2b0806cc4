import * as z from "zod";
import { instant } from "../../identifier.ts";
import { partnerPk } from "../../partners/partner.ts";
import { readRow } from "../../stored.ts";
import { type Key, type RowWrite, type Table, versioned } from "../../table/table.ts";

/** A person's decision that something is not to be billed, in that person's words. */
export const leftOut = z.object({ note: z.string(), by: z.string(), at: instant });
export type LeftOut = z.infer<typeof leftOut>;

const leftOutService = leftOut.extend({ id: z.string() });
const row = z.object({
  partnerId: z.string(),
  services: z.array(leftOutService.extend({ noteOf: z.int().optional() })),
  version: z.number(),
});
/**
 * Why a partner's services are left out. Which ones they are stands in the partner's record as well, for whoever counts
 * or sends; both are written in one transaction.
 */
export interface LeftOutServices extends Omit<z.infer<typeof row>, "services"> {
  services: z.infer<typeof leftOutService>[];
}

/**
 * A call leaves out up to 500 services for one reason, whose 500 characters take up to 2 KB: more than a row holds, if
 * each service had it. So the first one has it, and the others that one's place. Code of before reads no reason there.
 */
const withNotesOnce = (services: LeftOutServices["services"]): z.infer<typeof row>["services"] => {
  const firsts = new Map<string, number>();
  return services.map((service, place) => {
    const noteOf = firsts.get(service.note);
    if (noteOf !== undefined) return { ...service, note: "", noteOf };
    firsts.set(service.note, place);
    return service;
  });
};

const withNotes = (services: z.infer<typeof row>["services"]): LeftOutServices["services"] =>
  services.map(({ noteOf, ...service }) =>
    noteOf === undefined ? service : { ...service, note: services[noteOf]?.note ?? "" },
  );

const key = (partnerId: string): Key => ({ pk: partnerPk(partnerId), sk: "left-out-services" });

export const findLeftOutServices = async (table: Pick<Table, "get">, partnerId: string): Promise<LeftOutServices> => {
  const item = await table.get(key(partnerId));
  if (!item) return { partnerId, services: [], version: 0 };
  const found = readRow(row, item);
  return { ...found, services: withNotes(found.services) };
};

export const leftOutServicesWrite = (value: LeftOutServices): RowWrite =>
  versioned({ ...value, services: withNotesOnce(value.services), ...key(value.partnerId) });
