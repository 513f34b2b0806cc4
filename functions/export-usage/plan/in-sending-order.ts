import type { Line } from "#shared/exports/line";
import { calledAt, type LedgerEntry, lineKey, neverCalled } from "#shared/usage/ledger";
import { isRefused, isTroubled } from "#shared/usage/trouble";
import { takenAmong } from "./taken-among.ts";

// Each group ends with chunks that are not full, and every chunk costs writes.
const partsAlone = 3;
const manySuspects = 5_000;

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** How many of these are of a line's service, and of its customer. */
const countsAmong = (some: Pick<Line, "customerId" | "serviceId">[]) => {
  const services = Map.groupBy(some, ({ serviceId }) => serviceId);
  const customers = Map.groupBy(some, ({ customerId }) => customerId);
  return ({ serviceId, customerId }: Pick<Line, "customerId" | "serviceId">) => ({
    ofService: services.get(serviceId)?.length ?? 0,
    ofCustomer: customers.get(customerId)?.length ?? 0,
  });
};

interface SendingOrder<T> {
  /** Sent one after the other. */
  groups: T[][];
  /** The first of those with lines that may end the run; null where there is none. */
  suspectsFrom: number | null;
}

/**
 * The lines in the groups in which they are sent. Lines at which a run may end go last: those that Gradient has
 * refused, others of a service or a customer of which it has refused several (one alone says nothing of others), and
 * those that a run has given up because Gradient wanted fewer calls. What does not take them is a service, as a rule,
 * or a customer, and any of them may be taken again by now. So they go part by part, a part being the lines of a
 * service, or of a customer that has met more trouble than each of its services: first the part whose trouble is the
 * oldest, and of each the lines that have met none before the others, the oldest trouble first. Whatever ends this run
 * is the last of the next, and none waits for ever behind another. Where Gradient has taken most of the last calls of a
 * service, and of a customer, single lines are in trouble: others of both go before all that. So does a line that it
 * has taken since the last one of both got into trouble.
 */
export const inSendingOrder = <T extends Line>(
  lines: T[],
  entries: ReadonlyMap<string, LedgerEntry>,
): SendingOrder<T> => {
  const known = lines.map((line) => ({ line, entry: entries.get(lineKey(line)) }));
  type Known = (typeof known)[number];
  const countOf = (is: (entry: LedgerEntry | undefined) => boolean) =>
    countsAmong(known.flatMap(({ line, entry }) => (is(entry) ? [line] : [])));
  const [refused, troubled] = [countOf(isRefused), countOf(isTroubled)];

  const isSuspect = ({ line, entry }: Known): boolean => {
    const { ofService, ofCustomer } = refused(line);
    return isTroubled(entry) || entry?.owed === "untried" || Math.max(ofService, ofCustomer) > 1;
  };
  const partOf = (line: Pick<Line, "customerId" | "serviceId">): string => {
    const { ofService, ofCustomer } = troubled(line);
    return ofCustomer > ofService ? `customer ${line.customerId}` : `service ${line.serviceId}`;
  };
  const { others = [], suspects = [] } = Object.groupBy(known, (its) => (isSuspect(its) ? "suspects" : "others"));
  if (suspects.length === 0) return { groups: lines.length > 0 ? [lines] : [], suspectsFrom: null };

  const isTaken = takenAmong(entries.values());
  const stateOf = ({ line, entry }: Known) => (isTroubled(entry) ? "tried" : isTaken(line, entry) ? "ready" : "fresh");
  const parts = [...Map.groupBy(suspects, ({ line }) => partOf(line)).values()].map((its) => {
    const { ready = [], fresh = [], tried = [] } = Object.groupBy(its, stateOf);
    const inOrder = tried.map(({ line, entry }) => ({ line, at: calledAt(entry) })).sort((a, b) => byText(a.at, b.at));
    return {
      ready: ready.map(({ line }) => line),
      fresh: fresh.map(({ line }) => line),
      tried: inOrder.map(({ line }) => line),
      at: inOrder.at(-1)?.at ?? neverCalled,
    };
  });
  parts.sort((a, b) => byText(a.at, b.at));
  const alone = suspects.length > manySuspects ? 1 : partsAlone;
  const further = parts.slice(alone);
  const groups = [
    others.map(({ line }) => line),
    parts.flatMap(({ ready }) => ready),
    ...parts.slice(0, alone).flatMap(({ fresh, tried }) => [fresh, tried]),
    further.flatMap(({ fresh }) => fresh),
    further.flatMap(({ tried }) => tried),
  ];
  return { groups: groups.filter((group) => group.length > 0), suspectsFrom: Math.min(others.length, 1) };
};
