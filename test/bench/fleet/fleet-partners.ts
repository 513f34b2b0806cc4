import { integrationWrite, noMapping } from "#shared/integrations/integration";
import { noLooks } from "#shared/integrations/record/looks";
import { noSizes } from "#shared/integrations/record/sizes";
import { nextRunAt } from "#shared/schedules/next-run";
import { defaultSchedule, type StoredSchedule } from "#shared/schedules/schedule";
import { dayMs } from "#shared/schedules/zoned-time";
import type { Item } from "#shared/table/table";
import { bitsFor } from "#shared/usage/ledger";
import { anIntegration } from "#test/builders/integration";
import { seededRandom } from "#test/builders/seeded-random";
import { serviceIds } from "../rig/partner-rows.ts";
import type { Random } from "./hops.ts";

/** Where partners are, and how many of a hundred: most MSPs are in North America. */
export const zones = {
  "Australia/Sydney": 7,
  "Europe/Berlin": 9,
  "Europe/London": 11,
  "America/Sao_Paulo": 3,
  "America/New_York": 30,
  "America/Chicago": 20,
  "America/Denver": 6,
  "America/Los_Angeles": 14,
} as const;
export type Zone = keyof typeof zones;
export const zoneNames = Object.keys(zones) as Zone[];

const median = 70;
const mean = 160;
const sigma = Math.sqrt(2 * Math.log(mean / median));
export const largest = 100_000;

export interface FleetPartner {
  index: number;
  id: string;
  lines: number;
  /** As the last run had to send; a twentieth of the lines unless given. */
  toSend?: number;
  schedule: StoredSchedule;
  nextRunAt: string | null;
  /** Has confirmed the agreement then (ISO 8601), and nothing is mapped yet. */
  mapsSince?: string;
}

const sizeOf = (random: Random): number => {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(largest, Math.max(1, Math.round(median * Math.exp(sigma * normal))));
};

const zoneOf = (share: number): Zone => {
  let left = share * 100;
  for (const zone of zoneNames) {
    left -= zones[zone];
    if (left < 0) return zone;
  }
  return "America/New_York";
};

export const partnerIdOf = (index: number): string => `org-${index}`;
export const indexOf = (partnerId: string): number => Number(partnerId.slice(4));

/** So many partners and a large one, which is in the zone where most are. */
export const fleetOf = (
  count: number,
  from: number,
  isIn: (zone: Zone) => boolean = () => true,
  large = largest,
): FleetPartner[] => {
  const random = seededRandom(7);
  const partners: FleetPartner[] = [];
  const add = (index: number, lines: number, zone: Zone) => {
    if (!isIn(zone)) return;
    const schedule = defaultSchedule(zone);
    partners.push({
      index,
      id: partnerIdOf(index),
      lines,
      schedule,
      nextRunAt: nextRunAt(schedule, new Date(from)).toISOString(),
    });
  };
  for (let index = 0; index < count; index += 1) add(index, sizeOf(random), zoneOf(random()));
  add(count, large, "America/New_York");
  return partners;
};

/** An integration that has sent its counts every night so far. */
export const integrationOf = (
  { id, lines, toSend = Math.round(lines / 20), schedule, nextRunAt: date, mapsSince }: FleetPartner,
  from: number,
): Item =>
  integrationWrite(
    anIntegration({
      partnerId: id,
      schedule,
      nextRunAt: date,
      token: {
        secretName: `fleet/${id}`,
        versionId: "version-1",
        fingerprint: "0123456789abcdef0123456789abcdef",
        lastFour: "9f3c",
        status: "valid",
        registeredAt: new Date(from - 90 * dayMs).toISOString(),
        registeredBy: "person-1",
        checkedAt: new Date(from - 90 * dayMs).toISOString(),
      },
      ...(mapsSince === undefined
        ? {
            mapping: {
              ...noMapping,
              completedAt: new Date(from - 60 * dayMs).toISOString(),
              mappedServiceIds: serviceIds,
            },
          }
        : {
            state: "awaiting-mapping",
            mapping: { ...noMapping, waitingSince: mapsSince, nextCheckAt: mapsSince },
            looks: { ...noLooks, livelyAt: mapsSince },
          }),
      ledgerBits: bitsFor(lines, 0),
      sizes: { ...noSizes, lines, toSend },
      version: 0,
    }),
  ).put;
