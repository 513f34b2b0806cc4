import { eventWrite, gradientActor } from "#shared/events/event";
import type { GradientConnection } from "#shared/gradient/gradient-api";
import {
  findIntegration,
  type Integration,
  integrationWrite,
  maySend,
  withoutProblem,
  withProblem,
} from "#shared/integrations/integration";
import { letGo, returnCheckAt, seemsEnded } from "#shared/integrations/record/looks";
import { oweMail } from "#shared/mail/owe-mail";
import { dayMs } from "#shared/schedules/zoned-time";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict } from "#shared/table/table";
import type { LedgerEntry } from "#shared/usage/ledger";
import { type Begun, isReplaced, LookLost } from "./begin-look.ts";
import { endedSinceOf, isPutToUse, runStopped } from "./ended-there.ts";
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

/** The same, or it was ended when we looked last, and a count of ours may have put it to use since. */
export const isEndedThere = (
  { gradient: known, looks }: Integration,
  shown: GradientConnection | null,
  entries: Iterable<LedgerEntry>,
): boolean => isInactiveNow(known, shown) || (seemsEnded(looks) && isPutToUse(looks, entries));

/**
 * Everything in Gradient says that the partner has disconnected there: its accounts are gone, or the connection is not
 * in use any more. Creating them again would fill an account that nobody wants. So nothing is created; a second look
 * that says the same suspends the partner and tells its owner, until its accounts are seen there again, there is a new
 * token, or a person has Gradient looked at again. Of a partner that is suspended because its token was refused, two
 * trials of the token say so: it stays suspended, for this reason. While many partners become suspected within an
 * hour, nobody is suspended whose accounts are gone: their counts go on being sent, and they are looked at again until
 * that is over. A connection that is not in use is no such case: the first count that Gradient takes would put it to
 * use again, against the partner's will. So from the first look on that sees it so nothing is sent, and the run under
 * way is stopped.
 */
export const suspectDisconnection = ({ table, now, newId }: Changing) => {
  const note = manySuspected({ table });

  return (
    begun: Begun,
    { isInactive }: { isInactive: boolean },
  ): Promise<"suspected" | "disconnected-there" | "token-replaced"> =>
    retryOnConflict(async () => {
      const { partnerId } = begun.integration;
      const before = await findIntegration(table, partnerId);
      if (before?.looks.holder !== begun.holder) throw new LookLost();
      const isRefused = begun.integration.state === "suspended" && before.state === "suspended";
      if (isReplaced(before, begun) || !(maySend(before) || isRefused)) return "token-replaced";
      const time = now();
      const at = time.toISOString();
      const since = before.looks.suspectedSince ?? at;
      const endedSince = isInactive ? endedSinceOf(before.looks, at) : null;
      const stopWrites = isInactive ? await runStopped(table, before) : [];
      const areMany = await note(partnerId, at, before.looks.suspectedSince === null);
      const isHeld = areMany && !isInactive && at < after(since, longestHoldMs);
      const secondLookAt = after(endedSince ?? since, secondLookMs);
      const againAt = at < secondLookAt ? secondLookAt : isHeld ? after(at, heldMs) : undefined;
      const looks = { ...letGo(before.looks, begun.asked), suspectedSince: since, endedSince, failures: 0 };
      if (againAt !== undefined) {
        const waiting: Integration = isRefused
          ? { ...before, looks: { ...looks, tokenCheckAt: againAt } }
          : { ...before, looks, mapping: { ...before.mapping, nextCheckAt: againAt } };
        await table.transact([integrationWrite(waiting), ...stopWrites]);
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
        ...stopWrites,
        eventWrite({
          id: newId(),
          partnerId,
          type: "integration.suspended",
          at,
          ...gradientActor,
          details: { reason: "gradient.disconnected" },
        }),
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
