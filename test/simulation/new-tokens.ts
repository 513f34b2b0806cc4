import { listExports } from "#shared/exports/usage-export";
import { findIntegration, type Integration } from "#shared/integrations/integration";
import type { Item } from "#shared/table/table";
import { partnerId, type SimulatedService, startsAt } from "./service.ts";
import { gradientServiceId, type SimulatedGradient } from "./simulated-gradient.ts";

// the clocks of two processes are at most so far apart
const clocksApartMs = 4_000;

/**
 * The partner makes a new key in Gradient, now and then with another connection; somebody pastes it into the hub a little later, and may
 * send usage right away.
 */
export const replaceToken = (simulated: SimulatedService, sendUsage: () => void): void => {
  const { gradient, line, random, register, trace } = simulated;
  const { connections } = gradient;
  const isAnother = random.chance(0.4);
  const key = isAnother ? connections.connectAnew(random.chance(0.7)) : connections.regenerateKey();
  trace(() => (isAnother ? "the partner makes another connection in Gradient" : "the key is regenerated in Gradient"));
  const pastedAt = line.now() + random.pick([0, 300, 5_000, 40_000]);
  line.at(pastedAt, () => register(key), true);
  if (random.chance(0.4)) line.at(pastedAt + random.pick([300, 1_000, 3_000]), sendUsage, true);
};

/** What the partner's record, as it is written, says of its connection without Gradient's having accepted anything of the kind there. */
export const unproven = ({ connections }: SimulatedGradient, row: Item): string | undefined => {
  const { state, gradient, mapping } = row as unknown as Integration;
  const side = gradient && connections.ofId(gradient.integrationId);
  if (!side) return undefined;
  if (state === "active" && !side.isProven)
    return `Next is open, but nothing was accepted on ${gradient.integrationId}`;
  const id = mapping.mappedServiceIds.find((service) => !side.provenServices.has(gradientServiceId(service)));
  return id && `${id} passes for mapped on ${gradient.integrationId}`;
};

/** What is wrong when everything has come to rest: the run of everything that a new token calls for was not had. */
export const forgottenFullRun = async ({ table }: SimulatedService): Promise<string | undefined> => {
  const integration = await findIntegration(table, partnerId);
  const registeredAt = Date.parse(integration?.token?.registeredAt ?? "");
  if (
    integration?.state !== "active" ||
    integration.currentExportId !== null ||
    registeredAt < startsAt - clocksApartMs
  )
    return undefined;
  const since = registeredAt - clocksApartMs;
  if (Date.parse(integration.lastFullAt ?? "") >= since) return undefined;
  // dry runs, too: the record leaves those out
  const { items } = await listExports(table, partnerId, { limit: 1_000 });
  const last = items.toSorted((a, b) => Date.parse(a.finishedAt ?? "") - Date.parse(b.finishedAt ?? "")).at(-1);
  // a run that was stopped is not begun again by itself
  if (last && last.stop !== null && Date.parse(last.createdAt) >= since) return undefined;
  return "nobody sends everything after the new token";
};
