import * as z from "zod";
import { instant } from "../../identifier.ts";
import { openEnum } from "../../stored.ts";

/** The token in force: where it is kept, and what is shown of it. */
export const registeredToken = z.object({
  secretName: z.string(),
  versionId: z.string(),
  fingerprint: z.string(),
  lastFour: z.string(),
  status: openEnum<"valid" | "rejected">(),
  registeredAt: instant,
  registeredBy: z.string(),
  checkedAt: instant,
});

/** The integration in Gradient that the token belongs to. */
export const connection = z.object({
  organizationId: z.string(),
  organizationName: z.string(),
  integrationId: z.string(),
  status: z.string(),
  lastSyncedAt: z.string().nullable(),
});
