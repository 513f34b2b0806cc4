import { repeatRotation } from "#functions/export-usage/plan/rotation";
import { toCustomerItem } from "#shared/customers/customer";
import { dayMs } from "#shared/schedules/zoned-time";
import type { Item } from "#shared/table/table";
import { bitsFor, bucketOf, bucketWrite, type LedgerEntry, lineKey } from "#shared/usage/ledger";
import { toUsageItem } from "#shared/usage/usage";
import { serviceIds } from "../rig/partner-rows.ts";
import type { FleetPartner } from "./fleet-partners.ts";

/** 32 bits that look random, the same for the same numbers (the end of MurmurHash3, twice). */
const stirred = (value: number): number => {
  let state = value | 0;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
};
const mixed = (a: number, b: number): number => stirred(stirred(a + 0x9e3779b9) ^ Math.imul(b + 1, 0x27d4eb2f));
const hex8 = (value: number): string => value.toString(16).padStart(8, "0");

/** As a hub makes them up: the number stands in front, so that Gradient's side can tell which customer it is. */
export const customerIdOf = (partner: number, customer: number): string => {
  const [a, b, c] = [mixed(partner, customer), mixed(customer, partner + 1), mixed(partner + 7, customer + 7)];
  return `${hex8(customer)}-${hex8(a).slice(0, 4)}-${hex8(a).slice(4)}-${hex8(b).slice(0, 4)}-${hex8(b).slice(4)}${hex8(c)}`;
};
export const customerOf = (id: string): number => Number.parseInt(id.slice(0, 8), 16);

/** The line's place among its partner's. */
export const placeOf = (customer: number, serviceId: string): number =>
  customer * serviceIds.length + serviceIds.indexOf(serviceId);

// of a thousand counts
const changedOfThousand = 50;
/** From this number on partners have nothing but changed counts. */
export const allChangedFrom = 1_000_000;
export const isChanged = (partner: number, place: number): boolean =>
  partner >= allChangedFrom || mixed(partner + 31, place) % 1000 < changedOfThousand;
const countBefore = (partner: number, place: number): number => mixed(place, partner) % 480;
/** Tonight's number. */
export const countOf = (partner: number, place: number): number =>
  countBefore(partner, place) + (isChanged(partner, place) ? 1 : 0);

export const changedLines = ({ index, lines }: FleetPartner): number => {
  let changed = 0;
  for (let place = 0; place < lines; place += 1) changed += Number(isChanged(index, place));
  return changed;
};

/** When the line was accepted last, in a fleet whose repeats have gone by the rotation for long. */
const acceptedAt = (isRepeatDue: ReturnType<typeof repeatRotation>, customerId: string, now: number): string => {
  const hourAfterNight = (days: number) => new Date(now - days * dayMs + 3_600_000).toISOString();
  // its turn comes tonight
  if (isRepeatDue(customerId, hourAfterNight(1))) return hourAfterNight(7);
  for (let days = 2; days < 7; days += 1) {
    if (isRepeatDue(customerId, hourAfterNight(days))) return hourAfterNight(days - 1);
  }
  return hourAfterNight(6);
};

/** A partner's customers, what they use tonight, and what Gradient has accepted up to last night. */
export function* rowsOf(partner: FleetPartner, now: number): Generator<Item> {
  const { index, id: partnerId, lines, schedule, mapsSince } = partner;
  const bits = bitsFor(lines, 0);
  const isRepeatDue = repeatRotation(partnerId, schedule.timeZone, now);
  const at = new Date(now - 3_600_000).toISOString();
  const isMapped = mapsSince === undefined ? true : null;
  const state = { removedAt: null, retiredAt: null, isMapped, updatedAt: at, version: 1 };
  const buckets = new Map<number, Map<string, LedgerEntry>>();

  for (let customer = 0; customer * serviceIds.length < lines; customer += 1) {
    const customerId = customerIdOf(index, customer);
    const first = customer * serviceIds.length;
    const services = serviceIds.slice(0, Math.min(serviceIds.length, lines - first));
    const name = `Customer ${customer} of ${index}`;
    yield Object.freeze(toCustomerItem({ id: customerId, name, billing: "billed", partnerId, ...state }));
    const measuredAt = new Date(now - (mixed(index, customer) % 3_600_000)).toISOString();
    const counts = services.map(
      (service, place) => [service, { unitCount: countOf(index, first + place), measuredAt }] as const,
    );
    yield Object.freeze(toUsageItem({ partnerId, customerId, counts: Object.fromEntries(counts), version: 1 }));
    if (mapsSince !== undefined) continue;
    const bucket = bucketOf(customerId, bits);
    const entries = buckets.get(bucket) ?? new Map<string, LedgerEntry>();
    buckets.set(bucket, entries);
    const since = acceptedAt(isRepeatDue, customerId, now);
    for (const [place, serviceId] of services.entries()) {
      const accepted = { unitCount: countBefore(index, first + place), at: since, gen: 0 };
      const last = { outcome: "accepted", at: since } as const;
      const entry = { customerId, serviceId, accepted, doubt: null, owed: null, last };
      entries.set(lineKey(entry), entry);
    }
  }
  for (const [number, entries] of buckets) {
    const { put } = bucketWrite({ partnerId, bits, number, connectionId: "connection-1", entries, version: 0 });
    yield put;
  }
}
