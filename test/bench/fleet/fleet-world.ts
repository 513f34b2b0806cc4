import { fromExportItem, isOver, type UsageExport } from "#shared/exports/usage-export";
import type { CountAnswer } from "#shared/gradient/gradient-api";
import type { Table } from "#shared/table/table";
import { seededRandom } from "#test/builders/seeded-random";
import { callsPerSecond } from "#test/fakes/rate";
import { catalogueRows } from "../rig/partner-rows.ts";
import { fleetClock } from "./fleet-clock.ts";
import { type CountSeen, fleetGradient } from "./fleet-gradient.ts";
import { type FleetPartner, indexOf, integrationOf } from "./fleet-partners.ts";
import { fleetService } from "./fleet-service.ts";
import { fleetTable } from "./fleet-table.ts";
import { rowsOf } from "./fleet-usage.ts";
import { type Hops, usualHops } from "./hops.ts";

interface Settings {
  partners: FleetPartner[];
  /** Milliseconds since 1970. */
  from: number;
  hops?: Hops;
  /** Our own rate; Gradient's limit is a twentieth higher. */
  perSecond?: number;
  onCount: (seen: CountSeen) => void;
  onEnd: (run: UsageExport) => void;
  onCall?: (call: { partner: number; at: number }) => void;
  answerTo?: (partner: number, place: number | null, at: number) => CountAnswer;
  /** What Gradient tells of an account of this partner; nothing unless given. */
  isMapped?: (partner: number, customer: number) => boolean | undefined;
  /** Puts something that counts around the table. */
  through?: (table: Table) => Table;
}

// what Gradient documents for a vendor, above what we allow ourselves
const limitOver = 100 / callsPerSecond;
const accepted: CountAnswer = { kind: "accepted" };

/** A fleet on virtual time: every use case that sends is the service's own, and each hop takes its time. */
export const fleetWorld = ({
  partners,
  from,
  hops = usualHops,
  perSecond = callsPerSecond,
  onCount,
  onEnd,
  onCall = () => undefined,
  answerTo = () => accepted,
  isMapped = () => undefined,
  through,
}: Settings) => {
  const clock = fleetClock(from);
  const random = seededRandom(11);
  const byIndex = new Map(partners.map((partner) => [partner.index, partner]));
  const failures: unknown[] = [];

  const table = fleetTable({
    clock,
    hops,
    through,
    rowsOf: (partnerId) => {
      const partner = byIndex.get(indexOf(partnerId));
      return partner ? rowsOf(partner, Date.parse(partner.nextRunAt ?? "") || from) : [];
    },
    onPut: (row) => {
      service.onPut(row);
      if (row.sk.startsWith("export#") && row.finishedAt !== null) {
        const run = fromExportItem(row);
        if (!isOver(run)) return;
        onEnd(run);
        table.forget(run.partnerId, run.id);
      }
    },
  });
  const limitPerSecond = Math.round(perSecond * limitOver);
  const gradient = fleetGradient({ clock, hops, random, limitPerSecond, answerTo, isMapped, onCount, onCall });
  const service = fleetService({
    clock,
    hops,
    random,
    callsPerSecond: perSecond,
    table,
    gradient,
    onFailure: (failure) => void failures.push(failure),
  });
  table.rows.load(catalogueRows());
  table.rows.load(partners.map((partner) => integrationOf(partner, from)));
  return { clock, table, service, failures, random };
};

export type FleetWorld = ReturnType<typeof fleetWorld>;
