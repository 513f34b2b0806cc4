import * as z from "zod";
import { instant } from "../identifier.ts";
import { logger } from "../logger.ts";
import { partnerPk } from "../partners/partner.ts";
import { effectiveSchedule, storedSchedule } from "../schedules/schedule.ts";
import { openEnum, readRow } from "../stored.ts";
import { type Item, type Key, type RowWrite, type Table, versioned } from "../table/table.ts";
import { closing } from "./record/closing.ts";
import { connection, registeredToken } from "./record/connection.ts";
import { dueEntries } from "./record/due-dates.ts";
import { leftConnection } from "./record/left-connections.ts";
import { looks, noLooks } from "./record/looks.ts";
import { mapping } from "./record/mapping.ts";
import { noNotifications, notifications } from "./record/notifications.ts";
import { noSizes, sizes } from "./record/sizes.ts";
import { noWants, wants } from "./record/wants.ts";

/**
 * not-started → awaiting-token → awaiting-agreement → awaiting-mapping → active. `suspended` from any later state once
 * Gradient refuses the token, and back to where it was with a new one. `disconnected` by a person, and then back to
 * awaiting-token.
 */
export type IntegrationState =
  | "not-started"
  | "awaiting-token"
  | "awaiting-agreement"
  | "awaiting-mapping"
  | "active"
  | "suspended"
  | "disconnected";

const confirmation = z.object({
  version: z.string(),
  sha256: z.string(),
  confirmedAt: instant,
  confirmedBy: z.string(),
  role: z.string().nullable().optional(),
  userAgent: z.string().nullable().optional(),
  /** The owner's e-mail about it; the newest where it was sent again. */
  mailId: z.string(),
});

export type ProblemCode =
  | "token.rejected"
  | "gradient.forbidden"
  | "owner.unknown"
  | "accounts.refused"
  | "gradient.disconnected"
  | "connection.differs"
  | "schedule.unreadable"
  | "token.missing"
  | "owner.unreachable"
  | "recipient.unreachable"
  | "mail.not-sent"
  | "counts.left"
  | "record.unreadable";

const integration = z.object({
  partnerId: z.string(),
  state: openEnum<IntegrationState>(),
  startedAt: instant,
  startedBy: z.string(),
  token: registeredToken.nullable(),
  gradient: connection.nullable(),
  agreement: confirmation.nullable(),
  mapping,
  schedule: storedSchedule,
  nextRunAt: instant.nullable(),
  /** The export that is running; one at a time. */
  currentExportId: z.string().nullable(),
  lastExport: z
    .object({
      id: z.string(),
      outcome: z.string(),
      finishedAt: instant,
      /** Lines are left that no retry brings, of this run or of one before. */
      isMoreLeft: z.boolean().optional(),
    })
    .nullable(),
  wants: wants.default(noWants),
  /**
   * The floor of proof. An acceptance proves that Gradient holds a number only if its run had read no lower one: a new
   * connection, accounts that were created again, and a wish for everything raise it, and make every line one that has
   * changed.
   */
  proofGen: z.int().default(0),
  /** Services that lines wait for until they are set up in Gradient. */
  awaitedServiceIds: z.array(z.string()).default([]),
  /** Services that were seen mapped, on this connection or an earlier one, and when first. */
  onceMapped: z.array(z.object({ id: z.string(), at: instant })).default([]),
  /** Services that a person has left out of what is billed; they stay so when the partner connects anew. */
  leftOutServiceIds: z.array(z.string()).default([]),
  looks: looks.default(noLooks),
  notifications: notifications.default(noNotifications),
  /** A person has disconnected, and zeros are still on their way to Gradient. */
  closing: closing.nullable().default(null),
  /** Connections of before that Gradient has still to hear of. */
  leftConnections: z.array(leftConnection).default([]),
  /** Where the first key since the start is put, written down before that is done. */
  secretName: z.string().nullable().default(null),
  sizes: sizes.default(noSizes),
  /** The accepted counts lie in 2^ledgerBits rows. */
  ledgerBits: z.int().min(0).max(16),
  /** The owner's reminders have begun. Not so in a record from before there were any. */
  isReminded: z.boolean().default(false),
  problems: z.array(z.object({ code: openEnum<ProblemCode>(), since: instant })),
  version: z.number(),
});
export type Integration = z.infer<typeof integration>;

export const noMapping: Integration["mapping"] = {
  waitingSince: null,
  completedAt: null,
  lastCheckedAt: null,
  nextCheckAt: null,
  accounts: { total: 0, mapped: 0, unknown: 0 },
  services: { total: 0, mapped: 0, unknown: 0 },
  changes: null,
  mappedServiceIds: [],
  lookAlikesOf: null,
  isCoverageKept: false,
  decidedAt: null,
};

/** Where an integration with a valid token stands. */
export const stateWithToken = ({ agreement, mapping: { completedAt } }: Integration): IntegrationState => {
  if (agreement === null) return "awaiting-agreement";
  return completedAt === null ? "awaiting-mapping" : "active";
};

/** Counts may go to Gradient: there is consent and a token that Gradient has not refused. */
export const maySend = ({ state }: Integration): boolean => state === "awaiting-mapping" || state === "active";

/** The partner is still to map: before *Next* opens, and again when all its accounts were lost and created anew. */
export const hasToMap = ({ state, looks: { mapsAnew } }: Integration): boolean =>
  state === "awaiting-mapping" || (state === "active" && mapsAnew);

/** For people: `complete` once something is known to be mapped, on this connection and under this token. */
export const mappingStatus = ({ mapping }: Integration): "waiting" | "complete" =>
  mapping.completedAt === null || mapping.mappedServiceIds.length === 0 ? "waiting" : "complete";

/** When Gradient told last what is mapped, of the connection that there is; null: there is none, or it has not. */
export const toldAt = ({ token, mapping }: Integration): string | null =>
  token === null ? null : mapping.lastCheckedAt;

/** Since when the partner is suspended because it seems to have disconnected in Gradient; undefined: it is not. */
export const disconnectedThereSince = ({ state, problems }: Integration): string | undefined =>
  state === "suspended" ? problems.find(({ code }) => code === "gradient.disconnected")?.since : undefined;

/** Suspended because the partner seems to have disconnected in Gradient; its token is good. */
export const isDisconnectedThere = (value: Integration): boolean => disconnectedThereSince(value) !== undefined;

export const withProblem = (value: Integration, code: ProblemCode, since: string): Integration =>
  value.problems.some((problem) => problem.code === code)
    ? value
    : { ...value, problems: [...value.problems, { code, since }] };

export const withoutProblem = (value: Integration, ...codes: ProblemCode[]): Integration => ({
  ...value,
  problems: value.problems.filter(({ code }) => !codes.some((gone) => gone === code)),
});

const mailProblems = new Set<string>(["owner.unknown", "owner.unreachable", "recipient.unreachable", "mail.not-sent"]);
/** Of its problems those that mails have: they wait on, whether their partner is connected or not. */
export const problemsOfMails = ({ problems }: Integration): Integration["problems"] =>
  problems.filter(({ code }) => mailProblems.has(code));

/**
 * With the time of the next scheduled run. A schedule that cannot be read as it stands, for instance in a zone that is
 * none any more, has its runs in UTC or every night; that shows on the partner's page and alarms, until the schedule is
 * put anew.
 */
export const withNextRun = (value: Integration, nextRunAt: string, at: string): Integration => {
  const { isAsStored } = effectiveSchedule(value.schedule);
  if (isAsStored) return { ...withoutProblem(value, "schedule.unreadable"), nextRunAt };
  logger.error("a schedule cannot be read as it is stored, its runs go by another", { partnerId: value.partnerId });
  return { ...withProblem(value, "schedule.unreadable", at), nextRunAt };
};

export const integrationKey = (partnerId: string): Key => ({ pk: partnerPk(partnerId), sk: "integration" });

const toItem = (value: Integration): Item => ({ ...value, ...dueEntries(value), ...integrationKey(value.partnerId) });

/** The new state, if nobody changed the record since it was read. */
export const integrationWrite = (value: Integration): RowWrite => versioned(toItem(value));

export const fromIntegrationItem = (item: Item): Integration => readRow(integration, item);

export const findIntegration = async (
  table: Pick<Table, "get">,
  partnerId: string,
): Promise<Integration | undefined> => {
  const item = await table.get(integrationKey(partnerId));
  return item && fromIntegrationItem(item);
};
