import type { UsageExport } from "#shared/exports/usage-export";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import type { Integration } from "#shared/integrations/integration";
import { isWanted } from "#shared/integrations/record/wants";
import { calledAt, ledgerRows, lineKey } from "#shared/usage/ledger";
import { isSomeSetAside } from "../world/unreadable-rows.ts";
import type { World } from "../world/world.ts";
import type { Wishes } from "./wishes.ts";

/**
 * A line that the ledger says is still to be sent, of a customer that is billed, while nothing is wanted that would
 * send it before the next date: its receipt says that it is sent by itself. Undefined where there is none.
 */
export const owedByNobody = async (
  { table, history }: World,
  wishes: Wishes,
  { partnerId, wants, ledgerBits, gradient }: Integration,
  exports: UsageExport[],
): Promise<string | undefined> => {
  if (isWanted(wants.all) || isWanted(wants.retry) || gradient === null) return undefined;
  if (isSomeSetAside(history.badDays)) return undefined;
  const isBilled = new Set(
    wishes.lines.of(partnerId).flatMap((line) => {
      const level = line.levels.at(-1);
      return level?.isBilled && level.unitCount !== undefined ? [lineKey(line)] : [];
    }),
  );
  // What a person has stopped goes with the next date. A call without an answer has the moment at which it has landed.
  const cancelled = exports.filter(({ stop }) => stop === "cancelled");
  const landed = Math.max(0, ...cancelled.map(({ finishedAt }) => Date.parse(finishedAt ?? "") + landsWithinMs));
  const ledger = { partnerId, bits: ledgerBits, connectionId: gradient.integrationId };
  for await (const { entries } of ledgerRows(table, ledger))
    for (const [key, entry] of entries)
      if (entry.owed !== null && isBilled.has(key) && Date.parse(calledAt(entry)) > landed)
        return `${partnerId} owes ${entry.customerId}/${entry.serviceId} (${entry.owed}) and wants nothing`;
  return undefined;
};
