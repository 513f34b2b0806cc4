import { eventWrite, gradientActor } from "#shared/events/event";
import { exportWrite, findExport, isOver } from "#shared/exports/usage-export";
import type { GradientConnection } from "#shared/gradient/gradient-api";
import {
  findIntegration,
  type Integration,
  integrationWrite,
  maySend,
  withoutProblem,
  withProblem,
} from "#shared/integrations/integration";
import { letGo, returnCheckAt } from "#shared/integrations/record/looks";
import { oweMail } from "#shared/mail/owe-mail";
import { dayMs } from "#shared/schedules/zoned-time";
import type { Changing } from "#shared/table/changing";
import { type RowWrite, retryOnConflict, type Table } from "#shared/table/table";
import { type Begun, isReplaced, LookLost } from "./begin-look.ts";
import { manySuspected } from "./many-suspected.ts";

// what Gradient shows while it is changed, or fails, is over by then
const secondLookMs = 5 * 60_000;
// while many are suspected; twice within the hour in which so many count
const heldMs = 30 * 60_000;
// nobody waits longer for the others' sake: what is so for a day is so
const longestHoldMs = dayMs;

const after = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();

// Gradient takes it by now, and shows the connection that it is registered for
const ofTheToken = ["token.rejected", "token.missing", "connection.differs"] as const;

/** The connection has been ended in Gradient: it was in use when we looked last. */
export const isInactiveNow = (known: GradientConnection | null, shown: GradientConnection | null): boolean =>
  shown?.status === "inactive" && known !== null && known.status !== "inactive";

/**
 * Stops the run under way, if there is one: its worker reads it at its next checkpoint. One that nobody is at is ended
 * by whoever takes it on.
 */
const runStopped = async (
  table: Pick<Table, "get">,
  { partnerId, currentExportId }: Integration,
): Promise<RowWrite[]> => {
  const running = currentExportId === null ? undefined : await findExport(table, partnerId, currentExportId);
  if (!running || isOver(running) || running.stop !== null) return [];
  return [exportWrite({ ...running, stop: "not-connected" })];
};

/**
 * Everything in Gradient says that the partner has disconnected there: its accounts are gone, or the connection is not
 * in use any more. Creating them again would fill an account that nobody wants. So nothing is created; a second look
 * that says the same suspends the partner and tells its owner, until its accounts are seen there again, there is a new
 * token, or a person has Gradient looked at again. Of a partner that is suspended because its token was refused, two
 * trials of the token say so: it stays suspended, for this reason. While many partners become suspected within an
 * hour, nobody is suspended: they are looked at again until that is over. Their counts go on being sent, before the
 * second look, too: to accounts that are gone they come to nothing, and a connection that Gradient takes counts for is
 * in use. Once it is suspended none goes out, of a run that is under way neither.
 */
export const suspectDisconnection = ({ table, now, newId }: Changing) => {
  const note = manySuspected({ table });

  return (begun: Begun): Promise<"suspected" | "disconnected-there" | "token-replaced"> =>
    retryOnConflict(async () => {
      const { partnerId } = begun.integration;
      const before = await findIntegration(table, partnerId);
      if (before?.looks.holder !== begun.holder) throw new LookLost();
      const isRefused = begun.integration.state === "suspended" && before.state === "suspended";
      if (isReplaced(before, begun) || !(maySend(before) || isRefused)) return "token-replaced";
      const time = now();
      const at = time.toISOString();
      const since = before.looks.suspectedSince ?? at;
      const areMany = await note(partnerId, at, before.looks.suspectedSince === null);
      const isHeld = areMany && at < after(since, longestHoldMs);
      const secondLookAt = after(since, secondLookMs);
      const againAt = at < secondLookAt ? secondLookAt : isHeld ? after(at, heldMs) : undefined;
      const looks = { ...letGo(before.looks, begun.asked), suspectedSince: since, failures: 0 };
      if (againAt !== undefined) {
        const waiting: Integration = isRefused
          ? { ...before, looks: { ...looks, tokenCheckAt: againAt } }
          : { ...before, looks, mapping: { ...before.mapping, nextCheckAt: againAt } };
        await table.transact([integrationWrite(waiting)]);
        return "suspected";
      }
      const suspended: Integration = {
        ...before,
        state: "suspended",
        token: before.token && { ...before.token, status: "valid", checkedAt: at },
        // what comes back comes back by itself
        looks: {
          ...looks,
          suspectedSince: null,
          tokenCheckAt: returnCheckAt(at, at),
        },
        mapping: { ...before.mapping, nextCheckAt: null },
      };
      await table.transact([
        integrationWrite(withProblem(withoutProblem(suspended, ...ofTheToken), "gradient.disconnected", at)),
        eventWrite({
          id: newId(),
          partnerId,
          type: "integration.suspended",
          at,
          ...gradientActor,
          details: { reason: "gradient.disconnected" },
        }),
        ...(await runStopped(table, before)),
        ...oweMail(
          {
            partnerId,
            mailId: `disconnected-in-gradient-${newId()}`,
            facts: {
              kind: "disconnected-in-gradient",
              noticedAt: at,
              organizationName: before.gradient?.organizationName ?? "",
            },
          },
          { at, newId },
        ),
      ]);
      return "disconnected-there";
    });
};
