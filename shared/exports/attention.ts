import { landsWithinMs } from "../gradient/lost-calls.ts";

/** What of a run says who has to look after it, and when. */
interface Attended {
  lane: "on-demand" | "scheduled";
  /** The want that it was admitted for; null for a person's run. */
  admittedFor: unknown;
  lease: { until: string } | null;
  queuedAt: string;
  progressAt: string;
  stalls: number;
}

export const runningExports = "running-export";

const minuteMs = 60_000;
// a lease is renewed when half of it is gone; a message is received within seconds, but all workers may be busy
const withoutLeaseMs = minuteMs;
const withoutWorkerMs = 5 * minuteMs;
/** A run that has neither been planned nor settled a chunk for so long is not getting anywhere. */
const patienceMs = 15 * minuteMs;
/** How often a run may stand still for that long before it is closed. */
export const maxStalls = 3;

/** When its worker passes for dead, or its message for lost. */
export const unattendedAt = ({ lease, queuedAt }: Attended): number =>
  lease === null ? Date.parse(queuedAt) + withoutWorkerMs : Date.parse(lease.until) + withoutLeaseMs;

/**
 * From when on nothing that its last worker has sent can land any more: it sends nothing after its lease, and where
 * that was taken off, its next message was queued later.
 */
export const quietFrom = ({ lease, queuedAt }: Pick<Attended, "lease" | "queuedAt">): number =>
  Math.max(Date.parse(lease?.until ?? queuedAt), Date.parse(queuedAt)) + landsWithinMs;

/** When it has stood still once more for too long. */
export const stalledAt = ({ progressAt, stalls }: Attended): number =>
  Date.parse(progressAt) + (stalls + 1) * patienceMs;

/** When somebody may have to look after it. */
export const lookAfterAt = (value: Attended): number => Math.min(unattendedAt(value), stalledAt(value));

/**
 * Found by the row of those under way (`Admission`), which lists it until it is over: in the index it would cost as
 * much again as its start and its end do.
 */
export const isListed = ({ lane, admittedFor }: Pick<Attended, "lane" | "admittedFor">): boolean =>
  lane === "scheduled" && admittedFor !== null;

/**
 * Where a run that is not over stands in the index. In steps of a minute, as the job for it comes: a checkpoint every
 * second does not move it there, which costs as much as the checkpoint itself.
 */
export const dueEntry = (value: Attended) =>
  isListed(value)
    ? {}
    : {
        dueKind: runningExports,
        dueAt: new Date(Math.floor(lookAfterAt(value) / minuteMs) * minuteMs).toISOString(),
      };
