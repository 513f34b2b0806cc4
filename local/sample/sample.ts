import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseCsv } from "./csv.ts";

const text = z.string().min(1);
const partnerRow = z.strictObject({ id: text, name: text, ownerName: text, ownerEmail: z.email(), timeZone: text });
const serviceRow = z.strictObject({
  id: text,
  name: text,
  description: text,
  category: text,
  subcategory: text,
  unit: text,
});
const customerRow = z.strictObject({ id: text, name: text, billing: z.enum(["billed", "trial", "not-provisioned"]) });
const usageRow = z.strictObject({
  customerId: text,
  serviceId: text,
  unitCount: z.string().regex(/^\d+$/).transform(Number),
  /** `today`, or a moment long past for a count that a later one replaces. */
  measuredAt: z.union([z.literal("today"), z.iso.datetime()]),
});

const psaRow = z.strictObject({ kind: z.enum(["client", "product"]), name: text });

const readRows = <S extends z.ZodType>(file: string, row: S): z.output<S>[] =>
  z.array(row).parse(parseCsv(readFileSync(join(import.meta.dirname, file), "utf8")));

const readSampleIn = (folder: string) => {
  const [partner] = readRows(join(folder, "partner.csv"), partnerRow);
  if (partner === undefined) throw new Error("partner.csv names no partner.");
  return {
    partner,
    services: readRows("services.csv", serviceRow),
    customers: readRows(join(folder, "customers.csv"), customerRow),
    usage: readRows(join(folder, "usage.csv"), usageRow),
  };
};
export type Sample = ReturnType<typeof readSampleIn>;

/** The MSP of the CSV files beside this one. */
export const readSample = (): Sample => readSampleIn(".");

/**
 * What the PSA of the first MSP holds: most customers by the very name, some nearly so, some not, and one that the hub
 * does not know. Services have nearly their names there, so that nothing is billed before a person has mapped one.
 */
export const readPsa = (): { psaClients: string[]; psaProducts: string[] } => {
  const rows = readRows("psa.csv", psaRow);
  const namesOf = (wanted: string) => rows.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  return { psaClients: namesOf("client"), psaProducts: namesOf("product") };
};

/** A second MSP with a few customers, which has connected already. */
export const readConnectedSample = (): Sample => readSampleIn("fernhill");

/** What one billed customer uses of one service: what Gradient holds once both are mapped and an export has run. */
export interface ExpectedCount {
  customerId: string;
  customerName: string;
  serviceId: string;
  serviceName: string;
  unitCount: number;
}

/**
 * The latest count per customer × service, of billed customers only. One name and one id stand for every pair in
 * `usage.csv`, so a pair that is absent there is absent here too; a zero that is written there stays a zero.
 */
export const expectedCounts = ({ services, customers, usage }: Sample = readSample()): ExpectedCount[] =>
  customers
    .filter(({ billing }) => billing === "billed")
    .flatMap((customer) =>
      services.flatMap((service) => {
        const latest = usage
          .filter(({ customerId, serviceId }) => customerId === customer.id && serviceId === service.id)
          .toSorted((a, b) => order(a.measuredAt) - order(b.measuredAt))
          .at(-1);
        return latest === undefined
          ? []
          : [
              {
                customerId: customer.id,
                customerName: customer.name,
                serviceId: service.id,
                serviceName: service.name,
                unitCount: latest.unitCount,
              },
            ];
      }),
    );

const order = (measuredAt: string): number =>
  measuredAt === "today" ? Number.POSITIVE_INFINITY : Date.parse(measuredAt);
