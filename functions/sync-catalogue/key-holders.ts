import type { Refusals } from "#shared/breakers/refusals";
import { fromIntegrationItem, type Integration, maySend } from "#shared/integrations/integration";
import { dueKinds } from "#shared/integrations/record/due-dates";
import { readableOf } from "#shared/stored";
import type { DueKey, Table } from "#shared/table/table";

interface Dependencies {
  table: Pick<Table, "due" | "getMany">;
  refusals: Pick<Refusals, "obstacleFor">;
}

const pageSize = 50;
// a whole page of partners that are suspended is a bad day; some such pages, and the next tick comes in a minute
const maxPages = 10;
// every partner with a token is due for a trial of it within a day
const endOfTime = "9999-12-31T23:59:59.999Z";

/**
 * Partners whose tokens are good as far as is known, one after the other: the vendor's own calls need a partner's half
 * of the credential, whosever it is.
 */
export async function* keyHolders({ table, refusals }: Dependencies): AsyncGenerator<Integration> {
  let after: DueKey | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const { keys, next } = await table.due({
      ...dueKinds.look,
      until: endOfTime,
      limit: pageSize,
      ...(after ? { after } : {}),
    });
    if (keys.length === 0) return;
    const rows = await table.getMany(keys.map(({ pk, sk }) => ({ pk, sk })));
    for (const one of readableOf(rows, fromIntegrationItem)) {
      if (!maySend(one) || one.token?.status !== "valid") continue;
      if ((await refusals.obstacleFor(one.partnerId, one.token.versionId)) === null) yield one;
    }
    if (next === null) return;
    after = next;
  }
}
