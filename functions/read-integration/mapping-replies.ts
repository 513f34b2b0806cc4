import * as z from "zod";
import { instant } from "#shared/identifier";
import { wordOf } from "#shared/wire";

const count = z.int().min(0);
const unknown = count.meta({
  description: "Of those that are not mapped: nobody has been able to look yet whether they are",
});
const coverage = z.strictObject({ total: count, mapped: count, unknown });
const gap = z.strictObject({
  id: z.string(),
  name: z.string(),
  unbilledUnits: count,
  wasMappedAt: instant.nullable().meta({ description: "When it was known to be mapped last; null for never" }),
  isKnown: z.boolean().meta({ description: "False where nobody has been able to look yet whether it is mapped" }),
});
const unmapped = z.array(gap);
const lastChanges = z.strictObject({
  at: instant,
  created: count,
  existed: count,
  renamed: count,
  retired: count,
  refused: count,
});

export const mappingReply = z
  .strictObject({
    status: wordOf("waiting", "complete"),
    waitingSince: instant.nullable(),
    completedAt: instant.nullable(),
    lastCheckedAt: instant.nullable(),
    countedAt: instant.nullable().meta({ description: "When a large partner's coverage was counted; null for now" }),
    lastChanges: lastChanges.nullable(),
    accounts: coverage,
    services: coverage,
    unbilledUnits: count.meta({ description: "Of all that is known not to be mapped, each unit once" }),
    leftOut: z.strictObject({ accounts: count, services: count, trial: count, notProvisioned: count }),
    lookAlikes: z.array(
      z.strictObject({
        customerIds: z.array(z.string()),
        names: z.array(z.string()).meta({ description: "Of `customerIds`, in their order" }),
        more: count,
        why: z.string(),
        whatToDo: z.string(),
      }),
    ),
    more: z.strictObject({ lookAlikes: count, accounts: count, services: count }),
    unmapped: z.strictObject({ accounts: unmapped, services: unmapped }),
  })
  .meta({
    id: "Mapping",
    examples: [
      {
        status: "waiting",
        waitingSince: "2026-11-22T12:00:00.000Z",
        completedAt: null,
        lastCheckedAt: "2026-11-22T12:05:00.000Z",
        countedAt: null,
        lastChanges: null,
        accounts: { total: 40, mapped: 39, unknown: 0 },
        services: { total: 3, mapped: 3, unknown: 0 },
        unbilledUnits: 12,
        leftOut: { accounts: 0, services: 0, trial: 1, notProvisioned: 0 },
        lookAlikes: [],
        more: { lookAlikes: 0, accounts: 0, services: 0 },
        unmapped: {
          accounts: [{ id: "cust-001", name: "Northwind Dental", unbilledUnits: 12, wasMappedAt: null, isKnown: true }],
          services: [],
        },
      },
    ],
  });

const { isKnown, ...ofGap } = gap.shape;
export const mappingItemReply = z
  .strictObject({
    ...ofGap,
    status: wordOf("unmapped", "left-out"),
    leftOut: z
      .strictObject({
        reason: wordOf("chosen", "trial", "not-provisioned"),
        note: z.string().nullable(),
        by: z.string().nullable(),
        at: instant.nullable(),
      })
      .nullable(),
    isKnown,
  })
  .meta({
    id: "MappingItem",
    examples: [
      {
        id: "cust-001",
        name: "Northwind Dental",
        unbilledUnits: 12,
        wasMappedAt: null,
        isKnown: true,
        status: "left-out",
        leftOut: {
          reason: "chosen",
          note: "Billed by a contract of its own",
          by: "person-1",
          at: "2026-11-22T12:00:00.000Z",
        },
      },
    ],
  });
