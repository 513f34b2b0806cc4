import * as z from "zod";
import { instant } from "../../identifier.ts";

/** What is neither mapped nor unknown is not mapped. Rows from before it was told apart have nothing unknown. */
const coverage = z.object({ total: z.int(), mapped: z.int(), unknown: z.int().default(0) });

/** How far the mapping is, as the last look has found it. */
export const mapping = z.object({
  waitingSince: instant.nullable(),
  /** When Gradient first accepted a count: the only proof of a mapping. */
  completedAt: instant.nullable(),
  /** When Gradient was asked for its accounts last: its word on each is as old as that. Null: not with this token. */
  lastCheckedAt: instant.nullable(),
  nextCheckAt: instant.nullable(),
  accounts: coverage,
  services: coverage,
  /**
   * What the last look that changed accounts in Gradient has done there.
   */
  changes: z
    .object({
      at: instant,
      created: z.int(),
      existed: z.int(),
      renamed: z.int(),
      retired: z.int(),
      refused: z.int(),
    })
    .nullable()
    .default(null),
  /**
   * Services that are mapped by all that counts have shown: `mappingEvidence` at the last look, and what runs have
   * learned since.
   */
  mappedServiceIds: z.array(z.string()),
  /** Of which names the look-alikes were found that are kept. */
  lookAlikesOf: z.string().nullable().default(null),
  /** There are too many customers to compute the coverage whenever somebody asks. */
  isCoverageKept: z.boolean().default(false),
  /** When a person last left something out, or took it in again: a coverage that was kept before is another one. */
  decidedAt: instant.nullable().default(null),
});
