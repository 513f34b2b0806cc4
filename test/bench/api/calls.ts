import { randomUUID } from "node:crypto";
import type { Described } from "#api/problems";
import { routes } from "#api/routes";
import { startExport } from "#functions/start-export/start-export";
import { type Integration, integrationKey, integrationWrite } from "#shared/integrations/integration";
import { keyOf } from "#shared/lambda/http/route";
import { partnerPk } from "#shared/partners/partner";
import type { Table } from "#shared/table/table";
import { goodCalls } from "#test/builders/good-calls";
import type { HttpCall } from "#test/builders/http-event";
import { customerIdOf, serviceIds } from "../rig/partner-rows.ts";
import type { BenchPartner } from "./partners.ts";

type Call = Omit<HttpCall, "routeKey">;

interface Way {
  /** What is asked beside the route's good request; another thing each time, so that none finds its work done. */
  call?: (partner: BenchPartner, round: number) => Call;
  /** Unless the partner is active, and nothing of it is under way. */
  state?: (integration: Integration) => Integration | null;
  /** Answers what the path has to name. */
  before?: (table: Table, partner: BenchPartner) => Promise<Record<string, string>>;
  /** The longest that it may take. */
  maxMs?: number;
  label?: string;
}

export interface Measured extends Way {
  name: string;
  routeKey: string;
  folder: string;
}

const base = "/v1/integrations/gradient";
const hub = "/v1/hub/partners/{partnerId}";
/** Rounds after which calls in batches have been through the customers of the partner. */
const turns = 20;

const idsOf = ({ customers }: BenchPartner, round: number, most: number): string[] => {
  const size = Math.max(1, Math.min(most, Math.floor(customers / turns)));
  return Array.from({ length: size }, (_, index) => customerIdOf(((round % turns) * size + index) % customers));
};

const manyCustomers = (round: number) =>
  Array.from({ length: 500 }, (_, index) => ({
    id: customerIdOf(index),
    name: `Customer ${index} of round ${round}`,
    billing: "billed",
  }));

/** As far apart as they can be: of a thousand customers where there are as many. */
const manyMeasurements = ({ customers }: BenchPartner, round: number) =>
  Array.from({ length: Math.min(1_000, customers * serviceIds.length) }, (_, index) => ({
    customerId: customerIdOf(index % customers),
    serviceId: serviceIds[Math.floor(index / customers)],
    unitCount: round * 1_000 + index,
    measuredAt: new Date().toISOString(),
  }));

const csv: Way = { call: () => ({ headers: { accept: "text/csv" } }), label: " as CSV" };
const start = (table: Table) => startExport({ table, now: () => new Date(), newId: randomUUID, random: Math.random });
const by = { actor: "bench", actorName: "Bench", address: null };

/** What has to be asked in another way than by its good request, or in more than one. */
const ways: Record<string, Way[]> = {
  [`GET ${base}/usage`]: [{}, csv],
  [`GET ${base}/events`]: [{}, csv],
  [`GET ${base}/exports/{exportId}/lines`]: [{}, csv],
  [`GET ${base}/mapping/items`]: [
    { call: () => ({ query: { kind: "accounts" } }), label: " of accounts" },
    { call: () => ({ query: { kind: "accounts" }, headers: { accept: "text/csv" } }), label: " of accounts as CSV" },
    { call: () => ({ query: { kind: "services" } }), label: " of services" },
  ],
  [`PUT ${hub}`]: [
    {
      call: (_, round) => ({
        body: { name: `MSP ${round}`, owner: { name: "Dana", email: "dana@msp.example" }, timeZone: "Europe/Prague" },
      }),
    },
  ],
  "PUT /v1/hub/services/{serviceId}": [
    {
      call: (_, round) => ({
        path: { serviceId: "svc-other" },
        body: { ...Object(goodCalls["PUT /v1/hub/services/{serviceId}"]?.body), name: `Mail ${round}` },
      }),
    },
  ],
  [`POST ${hub}/customers`]: [
    { call: (_, round) => ({ body: { customers: manyCustomers(round) } }), maxMs: 3_000, label: ", 500" },
  ],
  [`POST ${hub}/usage`]: [
    {
      call: (partner, round) => ({ body: { measurements: manyMeasurements(partner, round) } }),
      maxMs: 3_000,
      label: ", 1,000",
    },
  ],
  [`POST ${hub}/customers/removals`]: [
    { call: (partner, round) => ({ body: { customerIds: idsOf(partner, round, 500) } }), maxMs: 3_000, label: ", 500" },
  ],
  [`DELETE ${hub}/customers/{customerId}`]: [
    { call: ({ customers }, round) => ({ path: { customerId: customerIdOf(customers - 1 - (round % customers)) } }) },
  ],
  [`POST ${base}`]: [{ state: () => null }],
  [`PUT ${base}/token`]: [
    {
      // the stub knows every key as that of another organization
      call: ({ partnerId }, round) => ({
        body: { partnerToken: `bench-partner-token-${partnerId}-${round}`, confirmOrganizationChange: true },
      }),
    },
  ],
  // what Gradient holds is counted before anything is written
  [`DELETE ${base}`]: [{}, { call: () => ({ query: { finalCounts: "zero" } }), maxMs: 3_000, label: " with zeros" }],
  [`POST ${base}/agreement/confirmations`]: [
    { state: (integration) => ({ ...integration, state: "awaiting-agreement", agreement: null }) },
  ],
  [`POST ${base}/mapping/exclusions`]: [
    {
      call: (partner, round) => ({ body: { kind: "accounts", ids: idsOf(partner, round, 500), reason: `R ${round}` } }),
      label: ", 500",
    },
  ],
  [`POST ${base}/mapping/inclusions`]: [
    {
      call: (partner, round) => ({ body: { kind: "accounts", ids: idsOf(partner, round, 500) } }),
      label: ", 500",
    },
  ],
  [`DELETE ${base}/exports/{exportId}`]: [
    {
      before: async (table, { partnerId }) => {
        const { id } = await start(table)({ partnerId, by, mode: "full" });
        return { exportId: id };
      },
    },
  ],
  [`PUT ${base}/schedule`]: [
    { call: (_, round) => ({ body: { frequency: "daily", hour: round % 24, timeZone: "Europe/Prague" } }) },
  ],
};

// who is gone has nothing that could be measured
const isLate = (routeKey: string): boolean => /removals|DELETE .*customerId/.test(routeKey);
const placeOf = ({ routeKey }: Measured): number => (routeKey.startsWith("GET") ? 0 : 1 + Number(isLate(routeKey)));

/** Every route, reads first: they find the partner as its history has left it. */
export const measuredCalls: Measured[] = routes
  .flatMap(({ folder, route }: Described): Measured[] => {
    const routeKey = keyOf(route);
    const short = routeKey.replace(base, "…").replace("/v1/hub/partners/{partnerId}", "…hub…").replace("/v1", "");
    return (ways[routeKey] ?? [{}]).map((way) => ({ ...way, name: `${short}${way.label ?? ""}`, routeKey, folder }));
  })
  .toSorted((a, b) => placeOf(a) - placeOf(b));

/** Brings the partner back to where it was, and says what to ask. */
export const prepared = async (
  table: Table,
  { routeKey, call, state, before }: Measured,
  partner: BenchPartner,
  round: number,
): Promise<HttpCall> => {
  const { partnerId, exportId, integration } = partner;
  // as many calls as people may make in a minute are no matter here
  await table.delete({ pk: partnerPk(partnerId), sk: "calls" });
  const wanted = state ? state(integration) : integration;
  if (!routeKey.startsWith("GET")) {
    if (wanted === null) await table.delete(integrationKey(partnerId));
    else await table.put(integrationWrite(wanted).put);
  }
  const good = goodCalls[routeKey] ?? {};
  const asked = call?.(partner, round);
  const named = (await before?.(table, partner)) ?? { exportId };
  const path = { ...good.path, partnerId, ...named, ...asked?.path };
  return { routeKey, ...good, ...asked, path };
};
