import type { ExportMode } from "#shared/exports/usage-export";
import { findIntegration } from "#shared/integrations/integration";
import { fromUsageItem, toUsageItem, usageKey } from "#shared/usage/usage";
import type { Post } from "./gradient-connections.ts";
import { replaceToken } from "./new-tokens.ts";
import { at, customerId, customerRow, type Layout, serviceId } from "./scenario.ts";
import { changeSchedule } from "./schedule-changes.ts";
import { partnerId, type SimulatedService, startsAt } from "./service.ts";
import { gradientServiceId, hubServiceId } from "./simulated-gradient.ts";
import { landsWithinMs } from "./weather.ts";

/** A count as the hub's feed brings it. */
const measure = (
  { table, line, trace }: SimulatedService,
  customer: string,
  service: string,
  unitCount: number,
): void => {
  const row = table.rows.get(`${usageKey(partnerId, customer).pk}\u0000${usageKey(partnerId, customer).sk}`);
  if (!row) return;
  const before = fromUsageItem(row);
  const counts = { ...before.counts, [service]: { unitCount, measuredAt: at(line.now()) } };
  trace(() => `the hub counts ${unitCount} for ${customer}/${service}`);
  table.apply([{ put: toUsageItem({ ...before, counts, version: before.version + 1 }) }]);
};

const removeOrReturn = ({ table, line, trace }: SimulatedService, id: string): void => {
  const row = [...table.rows.values()].find(({ sk }) => sk === `customer#${id}`);
  const isThere = row?.removedAt === null;
  trace(() => `customer ${id} ${isThere ? "is removed" : "is back"}`);
  table.apply([{ put: customerRow(id, (row?.version ?? 0) + 1, isThere ? at(line.now()) : null) }]);
};

/** What people, the hub's feed and Gradient's side do while everything fails, at moments between the start and `spanMs` after it. */
export const letThingsHappen = (simulated: SimulatedService, layout: Layout, spanMs: number): void => {
  const { line, random, gradient, table } = simulated;
  const often = (times: number, happen: () => void) => {
    for (let left = times; left > 0; left -= 1) line.at(startsAt + random.next() * spanMs, happen, true);
  };
  const aCustomer = () => customerId(random.below(layout.customers));
  const aService = () => serviceId(random.below(layout.services));

  let starts = 0;
  const narrowing = (): { customerIds?: string[]; retryOf?: string } => {
    if (random.chance(0.15)) return { customerIds: [aCustomer()] };
    // what the run before left over; where that one is not over, nothing is started
    return starts > 1 && random.chance(0.3) ? { retryOf: `run-${starts - 1}` } : {};
  };
  const start = () => {
    starts += 1;
    const id = `run-${starts}`;
    const mode = random.pick<ExportMode>(["changes", "changes", "full", "full", "dry-run"]);
    const trigger = random.pick(["manual", "schedule"] as const);
    const narrowed = narrowing();
    const begin = () => simulated.start({ id, trigger, mode, ...narrowed });
    begin();
    // asked for twice, as by a person who saw no answer
    if (random.chance(0.2)) line.at(line.now() + random.pick([0, 50, 2_000]), begin, true);
  };
  line.at(startsAt, start, true);
  often(random.below(3), start);
  // few different numbers, so that the same one comes back
  often(random.below(5), () => measure(simulated, aCustomer(), aService(), random.below(4)));
  if (random.chance(0.2)) often(1, () => void cancelRunning());
  if (random.chance(0.2)) often(1 + random.below(2), () => removeOrReturn(simulated, aCustomer()));
  if (random.chance(0.15)) often(1, () => replaceToken(simulated, start));
  if (random.chance(0.2)) often(1, simulated.tick);
  if (random.chance(0.15)) often(1 + random.below(2), () => changeSchedule(simulated));
  if (random.chance(0.15)) {
    often(2, () => {
      const account = gradient.accounts.get(aCustomer());
      if (account) account.isMapped = !account.isMapped;
    });
  }
  if (random.chance(0.05)) {
    const id = gradientServiceId(aService());
    gradient.mappedServices.delete(id);
    often(1, () => gradient.mappedServices.add(id));
  }
  if (random.chance(0.04)) often(1, standStill);
  if (random.chance(0.15)) gradient.listeners.push(tempt);

  async function cancelRunning() {
    const running = await findIntegration(table, partnerId);
    if (running?.currentExportId) simulated.cancel(running.currentExportId);
  }
  /** Another number for a line whose last one got no answer, and a run right when that one may land at the latest. */
  function tempt({ line: its, calledAt }: Post) {
    if (random.chance(0.5)) return;
    const [customer = "", service = ""] = its.split("/");
    // often the one that Gradient accepted before: it must not pass for unchanged
    const number = random.pick([gradient.connections.current().counts.get(its) ?? 0, random.below(4)]);
    line.at(
      line.now() + random.pick([0, 2_000, 30_000]),
      () => measure(simulated, customer, hubServiceId(service), number),
      true,
    );
    line.at(calledAt + landsWithinMs - random.between(-500, 6_000), start, true);
  }
  /** Everything that runs stands still for hours; the recovery does not. */
  function standStill() {
    for (const process of simulated.running.alive) process.pausedUntil = line.now() + 7 * 3_600_000;
    line.at(line.now() + 7 * 3_600_000 - 60_000, simulated.recover, true);
  }
};
