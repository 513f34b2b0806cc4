import { listEvents } from "#shared/events/event";
import { findExport, listExports } from "#shared/exports/usage-export";
import { findIntegration } from "#shared/integrations/integration";
import { isPaused } from "#shared/schedules/schedule";
import type { Side } from "../gradient/organization.ts";
import { at, partnerIdOf } from "../history/rows.ts";
import type { World } from "../world/world.ts";
import { isDenied } from "./denied.ts";
import { owedByNobody } from "./owed.ts";
import { brokenReceipts } from "./receipts.ts";
import { unopened } from "./unopened.ts";
import type { Wishes } from "./wishes.ts";

// the clocks of two machines differ by less
const clocksApartMs = 2_500;
const many = { limit: 1_000 };

const ofPartner = async (world: World, wishes: Wishes, place: number): Promise<string[]> => {
  const { table, vendor } = world;
  const partnerId = partnerIdOf(place);
  const faults: string[] = [];
  const integration = await findIntegration(table, partnerId);
  const exports = (await listExports(table, partnerId, many)).items;
  for (const over of exports) faults.push(...(await brokenReceipts(world, over)));
  const currentId = integration?.currentExportId ?? null;
  const current = currentId === null ? undefined : await findExport(table, partnerId, currentId);
  if (currentId !== null) faults.push(`stuck: ${partnerId} has ${currentId}, which is ${current?.state}`);
  const started = (await listEvents(table, partnerId, many)).items.filter(({ type }) => type === "export.started");
  const ids = started.map(({ details }) => details.exportId);
  if (new Set(ids).size < ids.length) faults.push(`twice: an export of ${partnerId} was started twice`);
  const left = integration && wishes.zeros.left(integration);
  if (left) faults.push(`zeros: ${left}`);
  const isMapped = integration && unopened(world, wishes, integration);
  if (isMapped) faults.push(`unopened: ${isMapped}`);
  if (integration && isDenied(world, wishes, integration))
    faults.push(`denied: ${partnerId} seems to have disconnected, and is there`);
  const isServed =
    integration?.state === "active" &&
    !isPaused(integration.schedule, at(world.line.now())) &&
    wishes.isConnected(partnerId);
  if (!isServed) return faults;
  const isInTrouble = ({ organization }: Side, line: string) => world.badDays.isInTrouble(organization.id, line);
  const unserved = wishes.unserved(partnerId, () => true, isInTrouble);
  if (unserved) faults.push(`unserved ${unserved.wish.cause}: ${unserved.text}`);
  const owed = await owedByNobody(world, wishes, integration, exports);
  if (owed) faults.push(`owed: ${owed}`);
  const its = vendor.connection(integration?.gradient?.integrationId);
  // a customer that came back has no number yet: what an unanswered call has brought is shown with its next one
  const uncounted = new Set(
    wishes.lines.of(partnerId).flatMap((line) => {
      const level = line.levels.at(-1);
      return level?.isBilled && level.unitCount === undefined ? [wishes.lines.nameOf(line)] : [];
    }),
  );
  // Of a line that its partner has unmapped since, or that is in trouble for good, no call is accepted any more, and
  // nobody knows that an unanswered one has arrived.
  const unseen = [...(its?.unseen ?? [])].filter(
    ([line]) => its?.organization.isMapped(line) && !isInTrouble(its, line) && !uncounted.has(line),
  );
  // what lands when its run is over is shown with the next run only
  const isLate = ({ calledAt, landedAt }: { calledAt: number; landedAt: number }): boolean =>
    exports.some(({ finishedAt }) => {
      const end = Date.parse(finishedAt ?? "");
      return end > calledAt - clocksApartMs && end < landedAt + clocksApartMs;
    });
  const old = unseen.filter(([, call]) => call.calledAt > wishes.cancelledAt(partnerId) && !isLate(call));
  if (old.length > 0)
    faults.push(`views: those of ${partnerId} are older than its numbers of ${old.map(([line]) => line).join(", ")}`);
  return faults;
};

/** What must hold once the service has come to rest, and does not. */
export const brokenAtTheEnd = async (world: World, wishes: Wishes): Promise<string[]> => {
  const faults: string[] = [];
  for (const place of world.organizations.keys()) faults.push(...(await ofPartner(world, wishes, place)));
  if (world.vendor.doubled.length > 0) faults.push(`doubled: Gradient has ${world.vendor.doubled.join(", ")} twice`);
  return faults;
};
