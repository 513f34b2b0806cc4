import * as z from "zod";
import { instant } from "../identifier.ts";
import { wordOf } from "../wire.ts";

const coverage = z.strictObject({ total: z.int().min(0), mapped: z.int().min(0) });

/** Where the e-mail to the owner about a confirmation is. */
export const ownerEmail = z
  .strictObject({
    status: wordOf("queued", "sent", "delivered", "bounced", "complained", "failed"),
    at: instant,
    detail: wordOf("suppressed", "hard", "soft").nullable(),
  })
  .meta({ id: "OwnerEmail", examples: [{ status: "sent", at: "2026-11-22T12:00:02.000Z", detail: null }] });

const token = z.strictObject({
  status: wordOf("valid", "rejected"),
  lastFour: z.string(),
  fingerprint: z.string(),
  registeredAt: instant,
  registeredBy: z.string(),
  checkedAt: instant,
});

const schedule = z
  .looseObject({
    frequency: wordOf("daily", "weekly", "monthly", "month-end"),
    hour: z.int(),
    timeZone: z.string(),
    pausedUntil: z.string().nullable(),
  })
  .meta({ id: "Schedule", description: "`dayOfWeek` and `dayOfMonth` stand in it where the frequency has them" });

const waiting = z.strictObject({
  since: instant,
  why: wordOf("turn", "retry", "gradient-down", "gradient-refuses", "vendor-key", "paused", "agreement"),
  linesAhead: z.int().min(0).nullable(),
  expectedAt: instant.nullable(),
  retryAt: z.string().nullable(),
});

const problem = z.strictObject({
  code: z.string(),
  since: instant,
  whatToDo: z.string(),
  retryAt: instant.nullable().meta({
    description: "While Gradient's trouble holds this partner's calls: when Gradient is asked again, and no earlier",
  }),
});

const states = [
  "not-started",
  "awaiting-token",
  "awaiting-agreement",
  "awaiting-mapping",
  "active",
  "suspended",
  "disconnected",
] as const;

/** The integration, as `integrationView` shows it. */
export const integrationReply = z
  .strictObject({
    partnerId: z.string(),
    state: wordOf(...states),
    step: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    nextEnabled: z.boolean(),
    token: token.nullable(),
    gradient: z.strictObject({
      organizationName: z.string().nullable(),
      status: z.string().nullable(),
      lastSyncedAt: z.string().nullable(),
      links: z.record(z.string(), z.string()),
    }),
    agreement: z
      .strictObject({
        version: z.string(),
        sha256: z.string(),
        confirmedAt: instant,
        confirmedBy: z.string(),
        ownerEmail: ownerEmail.nullable(),
      })
      .nullable(),
    mapping: z
      .strictObject({
        status: wordOf("waiting", "complete"),
        completedAt: instant.nullable(),
        lastCheckedAt: instant.nullable(),
        accounts: coverage,
        services: coverage,
      })
      .nullable(),
    exports: z.strictObject({
      last: z.strictObject({ id: z.string(), outcome: z.string(), finishedAt: instant }).nullable(),
      nextRunAt: instant
        .nullable()
        .meta({ description: "The schedule's next date; null while no date sends anything" }),
      runningId: z.string().nullable(),
      waiting: waiting.nullable(),
    }),
    schedule: schedule.nullable(),
    notifications: z.strictObject({ recipients: z.array(z.string()), onSuccess: z.boolean() }),
    disconnecting: z
      .strictObject({
        finalCounts: wordOf("zero"),
        remaining: z.int().min(0),
        until: instant,
        retryAt: instant.nullable().meta({
          description: "The next zeros go out then, and no earlier; null while they go out, or nothing waits",
        }),
      })
      .nullable()
      .meta({ description: "After a disconnect with `finalCounts=zero`: the lines that Gradient still has units of" }),
    problems: z.array(problem),
  })
  .meta({
    id: "Integration",
    examples: [
      {
        partnerId: "org-1001",
        state: "awaiting-mapping",
        step: 2,
        nextEnabled: false,
        token: {
          status: "valid",
          lastFour: "9f3c",
          fingerprint: "0123456789ab",
          registeredAt: "2026-11-22T12:00:00.000Z",
          registeredBy: "person-1",
          checkedAt: "2026-11-22T12:00:00.000Z",
        },
        gradient: {
          organizationName: "Example MSP",
          status: "pending",
          lastSyncedAt: null,
          links: { application: "https://app.usegradient.com/" },
        },
        agreement: {
          version: "2026-11-26",
          sha256: "5f0c2a55b0f0d8e6d6a1a6e4a3e0a0b8d9c3f0f8b5a1e2d3c4b5a69788796a5b",
          confirmedAt: "2026-11-22T12:00:00.000Z",
          confirmedBy: "person-1",
          ownerEmail: { status: "sent", at: "2026-11-22T12:00:02.000Z", detail: null },
        },
        mapping: {
          status: "waiting",
          completedAt: null,
          lastCheckedAt: "2026-11-22T12:05:00.000Z",
          accounts: { total: 40, mapped: 31 },
          services: { total: 3, mapped: 2 },
        },
        exports: { last: null, nextRunAt: null, runningId: null, waiting: null },
        schedule: { frequency: "daily", hour: 2, timeZone: "UTC", pausedUntil: null },
        notifications: { recipients: [], onSuccess: false },
        disconnecting: null,
        problems: [],
      },
    ],
  });
