import { AppError } from "#shared/errors";
import { type Actor, eventWrite } from "#shared/events/event";
import { owedClose, stopFinal } from "#shared/exports/ending/final-counts";
import { givenUp, runUnderWay } from "#shared/exports/ending/unread-run";
import type { UsageExport } from "#shared/exports/usage-export";
import {
  findIntegration,
  type Integration,
  integrationWrite,
  noMapping,
  problemsOfMails,
} from "#shared/integrations/integration";
import { withLeft } from "#shared/integrations/record/left-connections";
import { noLooks } from "#shared/integrations/record/looks";
import { noNotifications } from "#shared/integrations/record/notifications";
import { noSizes } from "#shared/integrations/record/sizes";
import { noWants } from "#shared/integrations/record/wants";
import { organizationClaimKey, releaseClaim, tokenClaimKey } from "#shared/integrations/token-claim";
import { logger } from "#shared/logger";
import { findPartner, type Partner } from "#shared/partners/partner";
import { defaultSchedule } from "#shared/schedules/schedule";
import { isTimeZone } from "#shared/schedules/zoned-time";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, type Table, type Write, written } from "#shared/table/table";

export interface Start {
  partnerId: string;
  by: Actor;
}

const partnerOf = async (table: Pick<Table, "get">, id: string): Promise<Partner> => {
  const partner = await findPartner(table, id);
  if (partner) return partner;
  const detail = "The hub has not told us of your organization yet. Try again later.";
  throw new AppError("conflict", "partner.unknown", detail);
};

/** UTC for a zone that is none any more; it can be changed with the schedule. */
const zoneOf = ({ id: partnerId, timeZone }: Partner): string => {
  if (isTimeZone(timeZone)) return timeZone;
  logger.error("a partner's time zone is none, its schedule begins in UTC", { partnerId });
  return "UTC";
};

/** What Gradient has still to hear of: also of the connection that zeros were sent to until now. */
const leftWith = (existing: Integration | undefined, moment: { at: string; newId: () => string }) => {
  const before = existing?.leftConnections ?? [];
  return existing?.closing ? withLeft(before, existing.closing, moment) : before;
};

/** Ends the zeros of a disconnect: no more are sent, and Gradient hears that the connection before was left. */
const withoutZeros = (
  { partnerId, closing }: Integration,
  running: UsageExport | undefined,
  moment: { at: string; newId: () => string },
): Write[] => {
  // also where nothing is left of the disconnect but a run of its zeros
  const stop = stopFinal(running);
  if (closing === null) return stop;
  return [
    ...stop,
    releaseClaim(tokenClaimKey(closing.token.fingerprint)),
    releaseClaim(organizationClaimKey(closing.gradient.organizationId)),
    owedClose(partnerId, closing, moment),
  ];
};

/**
 * Starts the integration, or starts it again after a disconnect. One that has started stays as it is. Throws
 * `partner.unknown` where the feed has not told of the partner yet: nobody would know whom to write to.
 */
export const startIntegration =
  ({ table, now, newId }: Changing) =>
  ({ partnerId, by }: Start): Promise<{ integration: Integration; isNew: boolean }> =>
    retryOnConflict(async () => {
      const found = await findIntegration(table, partnerId);
      if (found && found.state !== "disconnected") return { integration: found, isNew: false };

      const partner = await partnerOf(table, partnerId);
      const at = now().toISOString();
      const { running, unread } = found ? await runUnderWay(table, found, now()) : {};
      const before = found && givenUp(found, unread, at);
      const existing = before?.after;
      // what a person had set before the disconnect comes back with the reconnect
      const schedule = existing?.schedule ?? defaultSchedule(zoneOf(partner));
      const fresh: Integration = {
        partnerId,
        state: "awaiting-token",
        startedAt: at,
        startedBy: by.actor,
        token: null,
        gradient: null,
        agreement: null,
        mapping: noMapping,
        schedule,
        nextRunAt: null,
        // a run that the disconnect stopped may still be writing its last receipts
        currentExportId: existing?.currentExportId ?? null,
        lastExport: existing?.lastExport ?? null,
        // numbers that only grow; what was wanted before the disconnect is not wanted any more
        wants: { ...noWants, seq: existing?.wants.seq ?? 0 },
        proofGen: existing?.proofGen ?? 0,
        awaitedServiceIds: [],
        onceMapped: existing?.onceMapped ?? [],
        leftOutServiceIds: existing?.leftOutServiceIds ?? [],
        looks: noLooks,
        notifications: existing?.notifications ?? noNotifications,
        sizes: noSizes,
        ledgerBits: existing?.ledgerBits ?? 0,
        isReminded: false,
        closing: null,
        leftConnections: leftWith(existing, { at, newId }),
        secretName: null,
        problems: existing ? problemsOfMails(existing) : [],
        version: existing?.version ?? 0,
      };
      await table.transact([
        integrationWrite(fresh),
        ...(existing ? withoutZeros(existing, running, { at, newId }) : []),
        ...(before?.writes ?? []),
        eventWrite({ id: newId(), partnerId, type: "integration.started", at, details: {}, ...by }),
      ]);
      return { integration: written(fresh), isNew: true };
    });
