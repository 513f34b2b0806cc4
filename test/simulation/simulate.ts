import { listExports } from "#shared/exports/usage-export";
import { findIntegration } from "#shared/integrations/integration";
import { setLogLevel } from "#shared/logger";
import { limiterKey } from "#shared/pace/table-slots";
import { letThingsHappen } from "./happenings.ts";
import { brokenInvariants } from "./invariants.ts";
import { forgottenFullRun } from "./new-tokens.ts";
import { seededRandom } from "./random.ts";
import { fillGradient, firstToken, rowsOf } from "./scenario.ts";
import { partnerId, type SimulatedService, secretName, simulatedService } from "./service.ts";
import { changingWeather } from "./weather.ts";

setLogLevel("SILENT");
// the failures that the ports throw are told by their names; taking a stack for each costs a tenth of the time
Error.stackTraceLimit = 0;

const settleMs = 150_000;
const overdueMs = 6.6 * 3_600_000;

const tokenInForce = async ({ table, secrets }: SimulatedService) => {
  const integration = await findIntegration(table, partnerId);
  if (integration?.state === "suspended") return undefined;
  const version = integration?.token?.versionId.replace("version-", "");
  return secrets.get(integration?.token?.secretName ?? "")?.[Number(version) - 1];
};

/** Faults are over: what is left goes its way, the recovery finds what is not, and one more run of changes goes out. */
export const settle = async (service: SimulatedService): Promise<void> => {
  const { line, table, gradient, queue } = service;
  service.clear();
  queue.clear();
  await line.run();
  line.skip(settleMs);
  // an operator has cleared a 403, a person has registered the key that is valid
  table.apply([{ delete: limiterKey("vendor") }]);
  if ((await tokenInForce(service)) !== gradient.connections.current().key) {
    const exports = (await listExports(table, partnerId, { limit: 100 })).items;
    const state = (await findIntegration(table, partnerId))?.state;
    if (exports.some(({ stop }) => stop === "token-rejected") && state !== "suspended") {
      service.accusations.push(`Gradient refused the token, but the integration is ${state}`);
    }
    service.register(gradient.connections.current().key ?? "");
  }
  await line.run();
  const forgotten = await forgottenFullRun(service);
  if (forgotten) service.accusations.push(forgotten);
  const waiting = (await findIntegration(table, partnerId))?.currentExportId ?? null;
  if (waiting !== null) {
    // only dead letters may leave a run to the recovery
    if (!queue.dead.has(waiting))
      service.accusations.push(`export ${waiting} waits for a message that nobody has sent`);
    line.skip(overdueMs);
    service.recover();
    await line.run();
    line.skip(settleMs);
  }
  for (const account of gradient.accounts.values()) account.isMapped = true;
  service.start({ id: "zz-last-run", trigger: "schedule", mode: "changes" });
  await line.run();
};

export interface Outcome {
  seed: number;
  faults: string[];
}

/** One history of faults. The same seed gives the same history. */
export const simulate = async (seed: number, trace?: (text: string) => void): Promise<Outcome> => {
  const random = seededRandom(seed);
  const layout = {
    customers: 1 + random.below(3),
    services: 1 + random.below(2),
    ledgerBits: random.below(3),
    isActive: random.chance(0.5),
  };
  const service = simulatedService({
    random,
    weather: changingWeather(random),
    rows: rowsOf(layout),
    tellsMapping: random.chance(0.5),
    ...(trace ? { trace } : {}),
  });
  service.secrets.set(secretName, [firstToken]);
  fillGradient(service.gradient, layout, () => random.chance(0.8));
  const spanMs = random.pick([2_000, 20_000, 120_000, 300_000]);
  letThingsHappen(service, layout, spanMs);
  try {
    await service.line.run(service.line.now() + spanMs + random.between(0, 30_000));
    await settle(service);
    return { seed, faults: await brokenInvariants(service) };
  } catch (error) {
    return { seed, faults: [...service.accusations, `the simulation threw ${error}`] };
  }
};
