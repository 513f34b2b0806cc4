import type { Closed } from "#shared/breakers/probes/probe-due";
import { leaseMs } from "#shared/exports/export-lease";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { findIntegration, integrationWrite } from "#shared/integrations/integration";
import { putForward } from "#shared/integrations/put-off";
import { isWanted, type Want } from "#shared/integrations/record/wants";
import { retryOnConflict, type Table } from "#shared/table/table";

/**
 * A breaker has closed: what its partner waited for may be admitted at once, and its look is due. Where it was
 * everybody's, nothing has to be done: nobody was put off for it, and who waited longest is admitted first.
 */
export const releaseWants =
  ({ table, now }: { table: Pick<Table, "get" | "transact">; now: () => Date }) =>
  ({ partnerId }: Closed): Promise<void> =>
    retryOnConflict(async () => {
      const before = partnerId === null ? undefined : await findIntegration(table, partnerId);
      if (!before) return;
      const time = now();
      const at = time.toISOString();
      const freed = (want: Want, from = at): Want =>
        isWanted(want) && want.notBefore !== null && want.notBefore > from ? { ...want, notBefore: from } : want;
      // for a line in doubt no other number may be sent before
      const since = Date.parse(before.wants.retry.since ?? at);
      const retryFrom = new Date(Math.max(time.getTime(), since + leaseMs + landsWithinMs)).toISOString();
      const { wants } = before;
      const [all, retry, repeat] = [freed(wants.all), freed(wants.retry, retryFrom), freed(wants.repeat)];
      const forward = putForward(before, at);
      if (forward === before && all === wants.all && retry === wants.retry && repeat === wants.repeat) return;
      await table.transact([integrationWrite({ ...forward, wants: { ...wants, all, retry, repeat } })]);
    });
