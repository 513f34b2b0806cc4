import * as z from "zod";
import { displayName, instant, pathIdentifier } from "../identifier.ts";
import { openEnum, readableOf, readRow } from "../stored.ts";
import { allItems, type Item, type Key, type RowWrite, type Table, versioned } from "../table/table.ts";

export const serviceId = pathIdentifier;

// Gradient's own lists; case-sensitive, the spelling "priviledged" is the value that it expects.
const serviceCategory = z.enum([
  "security",
  "backup",
  "productivity",
  "infrastructure",
  "service delivery",
  "consulting",
  "other",
]);
const serviceSubcategory = z.enum([
  "endpoint detection and response (EDR)",
  "email security",
  "virtual private network services (VPN)",
  "DNS filtering",
  "dark web monitoring",
  "password management",
  "single sign on (SSO)",
  "priviledged access and identity management (PAM/PIM)",
  "security information and event management (SIEM)",
  "mobile device management (MDM)",
  "application security",
  "mobile application management (MAM)",
  "multi factor authentication (MFA)",
  "cloud backup",
  "local backup",
  "desktop backup",
  "data archiving",
  "physical offsite storage",
  "business continuity",
  "hosted email",
  "video conferencing",
  "voice over IP services (VOIP)",
  "line of business application support",
  "unified communications as a service (UCaaS)",
  "customer relationship management",
  "cloud storage",
  "website hosting",
  "hardware as a service (HaaS)",
  "managed print services",
  "virtual desktop infrastructure (VDI)",
  "virtual server hosting",
  "infrastructure as a service (IaaS)",
  "end user support",
  "server management and support",
  "network management and support",
  "printer management and support",
  "desktop management and support",
  "hosted security operations centre (SOC)",
  "software development",
  "penetration testing",
  "project services",
  "governance and compliance",
  "business intelligence services / analytics",
  "phishing simulation",
  "privacy and security awareness training",
  "other",
]);

/** As the feed puts it. */
export const serviceRecord = z.strictObject({
  name: displayName,
  description: z
    .string()
    .trim()
    .min(1)
    .max(2000)
    .refine((text) => text.isWellFormed(), "A description has no half of a character."),
  category: serviceCategory,
  subcategory: serviceSubcategory,
  unit: displayName,
});
export type ServiceRecord = z.infer<typeof serviceRecord>;

/** A billable item of the vendor's catalogue, one for all partners. */
const hubService = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  category: openEnum<ServiceRecord["category"]>(),
  subcategory: openEnum<ServiceRecord["subcategory"]>(),
  unit: z.string(),
  /** Gradient's own id, once the service exists there. */
  gradientServiceId: z.string().nullable(),
  /** The name that Gradient has it under: it is never changed there. */
  gradientName: z.string().nullish(),
  /** How it was described when it was created there; null where that is not known, undefined in older rows. */
  gradientDescription: z.string().nullish(),
  /** The name that a call without an answer may have created it under, whatever its name is by now. */
  createdAs: z.string().nullish(),
  /** Gradient has said by then that it created it, and no list has shown it: created again, there would be two. */
  unseenSince: instant.nullish(),
  /** Until then one worker alone may create it in Gradient, which would create it twice. */
  createdUntil: instant.nullable(),
  /** Gradient's refusal to create it, in its words. Concerns this service alone; it is tried again at `retryAt`. */
  refusal: z.object({ at: instant, words: z.string(), tries: z.int(), retryAt: instant }).nullish(),
  /** Gradient failed as it was to create it, so often in a row: no refusal, and no words for the feed. */
  failure: z.object({ tries: z.int(), retryAt: instant }).nullish(),
  updatedAt: instant,
  version: z.number(),
});
export type HubService = z.infer<typeof hubService>;

const cataloguePk = "catalogue";

export const serviceKey = (id: string): Key => ({ pk: cataloguePk, sk: `service#${id}` });
export const toServiceItem = (value: HubService): Item => ({ ...value, ...serviceKey(value.id) });
export const fromServiceItem = (item: Item): HubService => readRow(hubService, item);

/** The new state, if nobody changed the record since it was read. */
export const serviceWrite = (value: HubService): RowWrite => versioned(toServiceItem(value));

export const findService = async (table: Pick<Table, "get">, id: string): Promise<HubService | undefined> => {
  const item = await table.get(serviceKey(id));
  return item && fromServiceItem(item);
};

/** Nobody may ever match another service to it: two would overwrite each other's counts. */
export const boundServiceKey = (gradientServiceId: string): Key => ({
  pk: cataloguePk,
  sk: `gradient#${gradientServiceId}`,
});

const serviceRows = (table: Pick<Table, "query">): Promise<Item[]> =>
  Array.fromAsync(allItems(table, { pk: cataloguePk, prefix: "service#" }));

/**
 * The catalogue, without what cannot be read: all partners share it, and counts of a service that is missing here are
 * deferred.
 */
export const listServices = async (table: Pick<Table, "query">): Promise<HubService[]> =>
  readableOf(await serviceRows(table), fromServiceItem);

/** The whole catalogue. Throws `UnreadableRecord`: whoever sets services up in Gradient has to know them all. */
export const listEveryService = async (table: Pick<Table, "query">): Promise<HubService[]> =>
  (await serviceRows(table)).map(fromServiceItem);
