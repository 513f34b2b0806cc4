import { randomBytes } from "node:crypto";
import * as z from "zod";

/** `lastSyncedAt` of a connection whose views were never built. */
export const never = "1900-01-01T00:00:00.000Z";

export const writableStatus = z.enum(["inactive", "pending", "active"]);

const vendor = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  vendorSupportPageUrl: z.string().optional(),
  integrationPortalUrl: z.string().optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

const service = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  category: z.string(),
  subcategory: z.string(),
  supportArticle: z.string().optional(),
  supportContact: z.string().optional(),
});

const organization = z.object({
  id: z.string(),
  integrationId: z.string(),
  name: z.string(),
  /** SHA-256 of the partner token, which is shown once and kept nowhere; null while disconnected. */
  tokenHash: z.string().nullable(),
  /** The vendor has called with this token. What was written before this was kept was of connections in use. */
  isKeyUsed: z.boolean().default(true),
  status: writableStatus,
  lastSyncedAt: z.string(),
  finishedAt: z.string().nullable(),
  /** Once true, equal names are not mapped by themselves any more: Gradient does so at the first set-up only. */
  setUpBefore: z.boolean(),
});

const mappable = z.object({
  organizationId: z.string(),
  id: z.string(),
  name: z.string(),
  description: z.string(),
  isActive: z.boolean(),
  isArrears: z.boolean(),
});

const account = mappable.extend({
  mappingId: z.string().nullable(),
  psaClientId: z.string().nullable(),
  excluded: z.boolean(),
});

/** What one partner made of one service, be it the vendor's or its own. */
const serviceLink = z.object({
  organizationId: z.string(),
  serviceId: z.string(),
  mappingId: z.string().nullable(),
  psaProductId: z.string().nullable(),
  excluded: z.boolean(),
});

const psaItem = z.object({ organizationId: z.string(), id: z.string(), name: z.string() });

const pair = z.object({ organizationId: z.string(), accountId: z.string(), serviceId: z.string() });
const count = pair.extend({
  unitCount: z.number(),
  at: z.string(),
  noBuild: z.boolean(),
  /** The last count that was another one; none in what was written before this was kept. */
  previousUnitCount: z.number().nullable().default(null),
});
/** What the PSA bills for a pair, and the count whose card the partner dismissed. */
const billed = pair.extend({ quantity: z.number(), dismissed: z.number().nullable() });

export const schemas = {
  vendor,
  services: service,
  organizations: organization,
  accounts: account,
  organizationServices: mappable,
  serviceLinks: serviceLink,
  psaClients: psaItem,
  psaProducts: psaItem,
  counts: count,
  billed,
};

export type TableName = keyof typeof schemas;
export type Tables = { [T in TableName]: z.infer<(typeof schemas)[T]> };

export type Vendor = Tables["vendor"];
export type Service = Tables["services"];
export type Organization = Tables["organizations"];
export type Account = Tables["accounts"];
export type Mappable = z.infer<typeof mappable>;
export type ServiceLink = Tables["serviceLinks"];

/** Joins ids into a key; JSON, because ids are any text and must not run into each other. */
export const keyOf = (...parts: string[]): string => JSON.stringify(parts);

const inOrganization = ({ organizationId, id }: { organizationId: string; id: string }) => keyOf(organizationId, id);
const ofPair = ({ organizationId, accountId, serviceId }: z.infer<typeof pair>) =>
  keyOf(organizationId, accountId, serviceId);

export const keys: { [T in TableName]: (record: Tables[T]) => string } = {
  vendor: () => "vendor",
  services: ({ id }) => id,
  organizations: ({ id }) => id,
  accounts: inOrganization,
  organizationServices: inOrganization,
  serviceLinks: ({ organizationId, serviceId }) => keyOf(organizationId, serviceId),
  psaClients: inOrganization,
  psaProducts: inOrganization,
  counts: ofPair,
  billed: ofPair,
};

/** 24 hexadecimal digits, as Gradient's own ids look in its reference. */
export const newId = (): string => randomBytes(12).toString("hex");
