import { eventWrite, serviceActor } from "#shared/events/event";
import { stopFinal } from "#shared/exports/ending/final-counts";
import { givenUp, runUnderWay } from "#shared/exports/ending/unread-run";
import { startWrites } from "#shared/exports/start-usage-export";
import { exportIdAt, isOver } from "#shared/exports/usage-export";
import { findIntegration, type Integration, withoutProblem, withProblem } from "#shared/integrations/integration";
import { type Closing, nextTryAt } from "#shared/integrations/record/closing";
import { organizationClaimKey, releaseClaim, tokenClaimKey } from "#shared/integrations/token-claim";
import { personFacts } from "#shared/mail/mail-facts";
import { oweMail } from "#shared/mail/owe-mail";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, type Write } from "#shared/table/table";

export interface Leaving {
  partnerId: string;
  secretName: string;
  versionId: string;
  /** The connection that was left; messages of before do not name it. */
  integrationId?: string | undefined;
}

/** What is left of the zeros that this message is about; null where its partner has come back, or they are over. */
export const closingFor = (value: Integration | undefined, { secretName, versionId }: Leaving): Closing | null => {
  const token = value?.closing?.token;
  return value && token?.secretName === secretName && token.versionId === versionId ? value.closing : null;
};

/** The part of a disconnect that is a run of zeros, tried again for a week (ADR 15). */
export const sendZeros = ({ table, now, newId }: Changing<"get" | "transact">) => ({
  /**
   * Begins the next run of zeros where one is due. `sent`: there is nothing to send any more; `given-up`: its time is
   * over; `none`: the partner has not asked for any, or has come back.
   */
  next: (leaving: Leaving, isObstructed: () => Promise<boolean>): Promise<"waits" | "sent" | "given-up" | "none"> =>
    retryOnConflict(async () => {
      const { partnerId } = leaving;
      const before = await findIntegration(table, partnerId);
      const closing = closingFor(before, leaving);
      if (!before || closing === null) return "none";
      const time = now();
      const at = time.toISOString();
      const isGivenUp = closing.until <= at;
      if (!isGivenUp && closing.remaining === 0) return "sent";
      const { running: found, unread } = await runUnderWay(table, before, time);
      const running = found && !isOver(found) ? found : undefined;
      if (isGivenUp) {
        // the key and the claims are kept until no zero can be sent any more
        const stop = stopFinal(running);
        if (stop.length > 0) await table.transact(stop);
        return running?.kind === "final" ? "waits" : "given-up";
      }
      if (running || (await isObstructed())) return "waits";
      const tries = closing.tries + 1;
      const freed = givenUp(before, unread, at);
      const { writes } = startWrites(
        { ...freed.after, closing: { ...closing, tries, retryAt: nextTryAt(tries, at) } },
        {
          id: exportIdAt(time, newId().slice(0, 8)),
          kind: "final",
          trigger: "manual",
          lane: "on-demand",
          by: { ...closing.by, role: closing.by.role ?? null },
        },
        { at, newId },
      );
      await table.transact([...writes, ...freed.writes]);
      return "waits";
    }),

  /**
   * The end of the zeros that this message is about: the claims are free for others. Tells the owner of what was left.
   */
  ended: async (before: Integration, leaving: Leaving): Promise<{ after: Integration; writes: Write[] }> => {
    const { partnerId } = leaving;
    const closing = closingFor(before, leaving);
    if (closing === null) return { after: before, writes: [] };
    const at = now().toISOString();
    const { remaining, token, gradient, by } = closing;
    const facts = { kind: "disconnected" as const, disconnectedAt: at, by: personFacts(by), left: remaining };
    const { running, unread } = await runUnderWay(table, before, now());
    const freed = givenUp(before, unread, at);
    const after = { ...freed.after, closing: null };
    return {
      after: remaining === 0 ? withoutProblem(after, "counts.left") : withProblem(after, "counts.left", at),
      writes: [
        ...stopFinal(running),
        ...freed.writes,
        releaseClaim(tokenClaimKey(token.fingerprint)),
        releaseClaim(organizationClaimKey(gradient.organizationId)),
        eventWrite({ id: newId(), partnerId, type: "integration.closed", at, details: { remaining }, ...serviceActor }),
        ...(remaining === 0 ? [] : oweMail({ partnerId, mailId: `disconnected-${newId()}`, facts }, { at, newId })),
      ],
    };
  },
});
