import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { apiClient, type BodyOf } from "#client/api-client";
import { fetchAccessToken } from "./access-token.ts";
import { callJson, goodBody, reach } from "./call-json.ts";
import { readSample, type Sample } from "./sample.ts";

export interface SampleSummary {
  partnerId: string;
  partnerName: string;
  services: number;
  customers: number;
  measurements: number;
}

// the limits of the feed's batches
const customersPerCall = 500;
const measurementsPerCall = 1000;

/** Throws unless all of a batch was taken. */
const takenWhole = (call: string, { rejected }: BodyOf<"POST /v1/hub/partners/{partnerId}/usage">): void => {
  const [first] = rejected;
  if (first !== undefined)
    throw new Error(
      `The feed refused ${rejected.length} of the sample's records at ${call}; record ${first.index}: ${first.code}, ${first.detail}`,
    );
};

/**
 * Feeds the sample through the feed's own API. Counts of today are measured at its first moment (UTC), so a second load
 * on the same day repeats the first one word for word, and a count that was fed later in the day stands.
 */
export const loadSample = async (
  { api, issuer }: { api: string; issuer: string },
  now: () => Date = () => new Date(),
  { partner, services, customers, usage }: Sample = readSample(),
): Promise<SampleSummary> => {
  const accessToken = await fetchAccessToken(issuer, {
    org_id: partner.id,
    sub: "hub-back-office",
    role: "full_admin",
    name: "Hub back office",
    email: "back-office@hub.example",
    scope: "hub.feed",
  });
  const call = apiClient({ api, accessToken: () => accessToken, fetch: reach });
  const path = { partnerId: partner.id };
  const customersKey = "POST /v1/hub/partners/{partnerId}/customers";
  const usageKey = "POST /v1/hub/partners/{partnerId}/usage";

  const { id: partnerId, ownerName, ownerEmail, name, timeZone } = partner;
  const profile = { name, owner: { name: ownerName, email: ownerEmail }, timeZone };
  await Promise.all([
    // a category out of a CSV is any word, which the client has no type for: the API says whether it is one
    ...services.map(({ id, ...body }) =>
      callJson({
        method: "PUT",
        url: `${api}/v1/hub/services/${encodeURIComponent(id)}`,
        accessToken,
        body,
        answer: z.unknown(),
      }),
    ),
    call("PUT /v1/hub/partners/{partnerId}", { path, body: profile }).then((answer) =>
      goodBody("PUT /v1/hub/partners/{partnerId}", answer),
    ),
  ]);
  for (const batch of inBatches(customers, customersPerCall))
    takenWhole(customersKey, goodBody(customersKey, await call(customersKey, { path, body: { customers: batch } })));

  const today = `${now().toISOString().slice(0, 10)}T00:00:00.000Z`;
  const measurements = usage.map((row) => ({
    ...row,
    measuredAt: row.measuredAt === "today" ? today : row.measuredAt,
  }));
  for (const batch of inBatches(measurements, measurementsPerCall))
    takenWhole(usageKey, goodBody(usageKey, await call(usageKey, { path, body: { measurements: batch } })));

  return {
    partnerId,
    partnerName: name,
    services: services.length,
    customers: customers.length,
    measurements: measurements.length,
  };
};

/** Once for each state: a later start would take back what the feed has said of the sample's partner since. */
export const loadSampleOnce = async (
  stateFolder: string,
  endpoints: Parameters<typeof loadSample>[0],
  load: (endpoints: Parameters<typeof loadSample>[0]) => Promise<unknown> = loadSample,
): Promise<void> => {
  const loaded = join(stateFolder, "sample-loaded");
  if (existsSync(loaded)) return;
  await load(endpoints);
  writeFileSync(loaded, "");
};

const inBatches = <T>(records: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(records.length / size) }, (_, index) =>
    records.slice(index * size, (index + 1) * size),
  );
