import { isBilled } from "#shared/customers/customer";
import type { Line, Receipt } from "#shared/exports/line";
import { linesInScope } from "#shared/exports/lines-in-scope";
import type { UsageExport } from "#shared/exports/usage-export";
import { receiptWithoutWorker, verdicts } from "#shared/exports/verdicts";
import type { Integration } from "#shared/integrations/integration";
import { effectiveSchedule } from "#shared/schedules/schedule";
import { lineKey, surelyHolds } from "#shared/usage/ledger";
import type { PlanSources } from "./plan-sources.ts";
import { repeatRotation } from "./rotation.ts";

export interface Chosen {
  /** To be sent, as far as can be told now; each is looked at again when its turn comes. */
  toSend: Line[];
  /** Gradient surely holds the number that the hub has now. */
  unchanged: Receipt[];
  /** Nobody can tell what these should be. */
  setAside: Receipt[];
  /** So many customers cannot be read, some of which have no line that is known. */
  unreadable: number;
  /** Of the unchanged: how many it is time to send again. */
  repeatsDue: number;
  /** Services of lines to be sent that Gradient does not have yet. */
  awaitedServiceIds: string[];
  /** Why there is nothing to send; null where there is something. */
  reason: "nothing-changed" | "not-billed" | "unknown-customer" | "left-out" | null;
}

interface Choosing {
  run: UsageExport;
  integration: Integration;
  sources: PlanSources;
  now: number;
  /** Of the export whose rest is sent again, where the run is narrowed to that. */
  isRetried: ((line: Pick<Line, "customerId" | "serviceId">) => boolean) | undefined;
}

/** Which lines the run's request leaves, in any order. */
const isInRequest = ({ run: { customerIds, serviceIds, probes }, isRetried }: Choosing) => {
  const customers = customerIds && new Set(customerIds);
  const services = serviceIds && new Set(serviceIds);
  const probed = probes && new Set(probes.map(lineKey));
  return (line: Line): boolean =>
    (customers?.has(line.customerId) ?? true) &&
    (services?.has(line.serviceId) ?? true) &&
    (probed?.has(lineKey(line)) ?? true) &&
    (isRetried?.(line) ?? true);
};

const reasonForNothing = ({
  run: { customerIds, serviceIds },
  sources: { customers, leftOutServiceIds },
}: Choosing): NonNullable<Chosen["reason"]> => {
  const asked = customerIds === null ? customers : customers.filter(({ id }) => customerIds.includes(id));
  if (asked.length === 0) return customerIds === null ? "nothing-changed" : "unknown-customer";
  if (asked.some(isBilled)) {
    return serviceIds?.every((id) => leftOutServiceIds.has(id)) ? "left-out" : "nothing-changed";
  }
  return asked.some((customer) => isBilled({ ...customer, leftOut: null })) ? "left-out" : "not-billed";
};

/** What the run is without, because it cannot be read. Repeats and looks do not stand for a customer. */
const setAsideFor = (choosing: Choosing): Pick<Chosen, "setAside" | "unreadable"> => {
  const { run, sources, isRetried } = choosing;
  if (sources.unreadable.length === 0 || run.kind === "repeat" || run.kind === "look")
    return { setAside: [], unreadable: 0 };
  const scope = linesInScope({ ...sources, customers: sources.unreadable });
  const asked = scope.filter(isInRequest(choosing));
  // the services of one that is billed may be unknown, all of them
  const known = new Set(scope.map(({ customerId }) => customerId));
  const isNarrow = run.serviceIds !== null || isRetried !== undefined;
  const lineless = sources.unreadable.filter(
    (customer) => isBilled(customer) && !known.has(customer.id) && (run.customerIds?.includes(customer.id) ?? true),
  );
  return {
    setAside: asked.map((line) => receiptWithoutWorker(line, verdicts.unreadable, undefined)),
    unreadable: new Set(asked.map(({ customerId }) => customerId)).size + (isNarrow ? 0 : lineless.length),
  };
};

/**
 * Which lines a run has, and which of them it has to send: what Gradient does not surely hold. A run for what was left
 * over has the lines that are owed, one of repeats those whose turn has come, and neither has any other (ADR 9).
 */
export const chooseLines = (choosing: Choosing): Chosen => {
  const { run, integration, sources, now } = choosing;
  const { partnerId, proofGen, schedule } = integration;
  const { timeZone } = effectiveSchedule(schedule).schedule;
  const isRepeatDue = repeatRotation(partnerId, timeZone, now);
  const isAsked = isInRequest(choosing);
  const aside = setAsideFor(choosing);
  const chosen: Chosen = { toSend: [], unchanged: [], ...aside, repeatsDue: 0, awaitedServiceIds: [], reason: null };

  for (const line of linesInScope(sources)) {
    if (!isAsked(line)) continue;
    const entry = sources.entries.get(lineKey(line));
    if (run.kind === "retry") {
      if (entry?.owed) chosen.toSend.push(line);
      continue;
    }
    const count = line.billed ? sources.counted.get(line.customerId)?.get(line.serviceId) : undefined;
    const unitCount = count?.unitCount ?? 0;
    // a customer that came back is not at zero because nobody has measured it since
    const isKnown = !line.billed || count !== undefined;
    const isHeld = isKnown && surelyHolds(entry, unitCount, proofGen);
    const repeats = isHeld && entry?.accepted ? isRepeatDue(line.customerId, entry.accepted.at) : false;
    if (run.kind === "repeat") {
      if (repeats) chosen.toSend.push(line);
      continue;
    }
    if (!isHeld || run.mode === "full" || run.kind === "look") {
      chosen.toSend.push(line);
      continue;
    }
    chosen.repeatsDue += Number(repeats);
    const { customerId, customerName, serviceId, serviceName } = line;
    chosen.unchanged.push({
      customerId,
      customerName,
      serviceId,
      serviceName,
      unitCount,
      previousUnitCount: unitCount,
      asOf: count?.measuredAt ?? null,
      ...verdicts.unchanged,
      sentAt: null,
    });
  }
  const isAwaited = (id: string) => (sources.services.get(id)?.gradientServiceId ?? null) === null;
  chosen.awaitedServiceIds = [...new Set(chosen.toSend.map(({ serviceId }) => serviceId))].filter(isAwaited);
  if (chosen.toSend.length === 0 && chosen.unreadable === 0) {
    chosen.reason = chosen.unchanged.length > 0 ? "nothing-changed" : reasonForNothing(choosing);
  }
  return chosen;
};
