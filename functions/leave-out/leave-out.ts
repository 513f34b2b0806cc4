import { type Customer, customerCounts, customerKey, customerWrite } from "#shared/customers/customer";
import { findTally, tallyWrites } from "#shared/customers/customer-tally";
import { readNamedCustomers } from "#shared/customers/named-customers";
import { AppError, UnreadableRecord } from "#shared/errors";
import { type Actor, eventWrite } from "#shared/events/event";
import { askLook } from "#shared/integrations/ask-look";
import { findIntegration, type Integration, integrationWrite, maySend } from "#shared/integrations/integration";
import { findLeftOutServices, type LeftOut, leftOutServicesWrite } from "#shared/integrations/record/left-out";
import { wish } from "#shared/integrations/record/wants";
import { wrongStep } from "#shared/integrations/wrong-step";
import { serviceKey } from "#shared/services/hub-service";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, type Write } from "#shared/table/table";

export interface Decision {
  partnerId: string;
  kind: "accounts" | "services";
  ids: string[];
  /** Why they are left out; null takes them in again. */
  reason: string | null;
  by: Actor;
}

/** How many of each a person has left out. */
export interface LeftOutCounts {
  accounts: number;
  services: number;
}

// a transaction holds 100 writes; among them are the tally, the partner's record, a task and an event, and in the first
// one the note that the call was made
const customersPerTransaction = 95;
// what stands in the audit trail; the rest is counted
const maxIdLetters = 2000;

const unknown = (kind: Decision["kind"], ids: string[]): AppError => {
  const [code, what] =
    kind === "accounts" ? (["customer.unknown", "customer"] as const) : (["service.unknown", "service"] as const);
  return new AppError(
    "not-found",
    code,
    `There is no such ${what}: ${ids.slice(0, 10).join(", ")}. Nothing was changed.`,
  );
};

const namesOf = (ids: string[]): string => {
  const named: string[] = [];
  let letters = 0;
  for (const id of ids) {
    letters += id.length;
    if (letters > maxIdLetters) return `${named.join(", ")} and ${ids.length - named.length} more`;
    named.push(id);
  }
  return named.join(", ");
};

/**
 * Leaves customers or services of a partner out of what is billed, or takes them in again. What is left out has no
 * lines but a zero for what Gradient still holds, so both are wanted at once. Either all ids are known, or nothing
 * changes; a repeat changes nothing. Throws `UnreadableRecord` for a customer that cannot be read, which keeps no other
 * from it.
 */
export const leaveOut = ({ table, now, newId }: Changing<"get" | "getMany" | "query" | "count" | "transact">) => {
  const integrationOf = async (partnerId: string): Promise<Integration> => {
    const found = await findIntegration(table, partnerId);
    if (!found) throw wrongStep("not-started");
    return found;
  };

  const settled = (before: Integration, { partnerId, kind, reason, by }: Decision, changed: string[]): Write[] => {
    const at = now().toISOString();
    const noted = { ...before, mapping: { ...before.mapping, decidedAt: at } };
    const wished =
      noted.state === "active" ? { ...noted, wants: wish(noted.wants, "all", { at, trigger: "mapping" }) } : noted;
    // whoever is taken in may have no account, and the coverage is another one
    const { integration: after, owed } = maySend(wished)
      ? askLook(wished, "left-out", { at, newId })
      : { integration: wished, owed: [] };
    const why: { reason?: string } = reason === null ? {} : { reason };
    return [
      integrationWrite(after),
      ...owed,
      eventWrite({
        id: newId(),
        partnerId,
        type: reason === null ? "mapping.taken-in" : "mapping.left-out",
        at,
        details: { kind, count: changed.length, ids: namesOf(changed), ...why },
        ...by,
      }),
    ];
  };

  const decided = ({ reason, by }: Decision): LeftOut | null =>
    reason === null ? null : { note: reason, by: by.actor, at: now().toISOString() };

  const isNews = ({ reason }: Decision, held: LeftOut | undefined | null): boolean => (held?.note ?? null) !== reason;

  const decideOnCustomers = async (decision: Decision, ids: string[]): Promise<void> => {
    const { partnerId } = decision;
    const unreadable = new Set<string>();
    const read = async (some: string[]): Promise<Map<string, Customer>> => {
      const named = await readNamedCustomers(table, partnerId, some);
      for (const id of named.unreadable) unreadable.add(id);
      return named.customers;
    };
    const known = await read(ids);
    const strangers = ids.filter((id) => !known.has(id) && !unreadable.has(id));
    if (strangers.length > 0) throw unknown("accounts", strangers);
    for (let from = 0; from < ids.length; from += customersPerTransaction) {
      const some = ids.slice(from, from + customersPerTransaction);
      // what was read to know them will do, unless it has changed: then the transaction fails
      let asRead: Customer[] | undefined = some.flatMap((id) => known.get(id) ?? []);
      await retryOnConflict(async () => {
        const [before, found] = await Promise.all([integrationOf(partnerId), asRead ?? read(some)]);
        asRead = undefined;
        const changed = [...found.values()].filter(({ leftOut }) => isNews(decision, leftOut));
        if (changed.length === 0) return;
        const changes = changed.map((customer) => ({
          before: customer,
          after: { ...customer, leftOut: decided(decision) },
        }));
        const tally = await tallyWrites(table, partnerId, changes);
        const rows = changes.map(({ after }) => customerWrite(after));
        const changedIds = changed.map(({ id }) => id);
        await table.transact([...rows, ...tally, ...settled(before, decision, changedIds)]);
      });
    }
    // once all others have been decided on: whoever repeats the call when it has been put right decides on it, too
    for (const id of unreadable) throw new UnreadableRecord(customerKey(partnerId, id), []);
  };

  const decideOnServices = (decision: Decision, ids: string[]): Promise<void> =>
    retryOnConflict(async () => {
      const { partnerId } = decision;
      const before = await integrationOf(partnerId);
      const kept = await findLeftOutServices(table, partnerId);
      const held = new Map(kept.services.map((service) => [service.id, service]));
      // that it is there will do: one that cannot be read is left out like any other
      const stored = new Set((await table.getMany(ids.map(serviceKey))).map(({ sk }) => sk));
      const strangers = ids.filter((id) => !held.has(id) && !stored.has(serviceKey(id).sk));
      if (strangers.length > 0) throw unknown("services", strangers);
      const changed = ids.filter((id) => isNews(decision, held.get(id)));
      if (changed.length === 0) return;
      const decidedOn = decided(decision);
      for (const id of changed) {
        if (decidedOn) held.set(id, { id, ...decidedOn });
        else held.delete(id);
      }
      const after = { ...before, leftOutServiceIds: [...held.keys()] };
      await table.transact([
        leftOutServicesWrite({ ...kept, services: [...held.values()] }),
        ...settled(after, decision, changed),
      ]);
    });

  const accountsLeftOut = async (partnerId: string): Promise<number> => {
    const tally = await findTally(table, partnerId);
    if (tally) return tally.leftOut;
    return (await customerCounts(table, partnerId, { leftOut: "something", removedAt: "nothing" })).matching;
  };

  return async (decision: Decision): Promise<LeftOutCounts> => {
    const { partnerId, kind } = decision;
    const ids = [...new Set(decision.ids)];
    await integrationOf(partnerId);
    await (kind === "accounts" ? decideOnCustomers(decision, ids) : decideOnServices(decision, ids));
    return {
      accounts: await accountsLeftOut(partnerId),
      services: (await integrationOf(partnerId)).leftOutServiceIds.length,
    };
  };
};
