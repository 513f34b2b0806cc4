import * as z from "zod";
import { fetchAccessToken } from "./access-token.ts";
import { callJson } from "./call-json.ts";
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

const batchAnswer = z.object({
  accepted: z.number(),
  rejected: z.array(z.object({ index: z.number(), code: z.string(), detail: z.string() })),
});

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
  const put = (path: string, body: unknown) =>
    callJson({ method: "PUT", url: `${api}/v1/hub/${path}`, accessToken, body, answer: z.unknown() });
  const post = async (path: string, body: unknown) => {
    const { rejected } = await callJson({
      method: "POST",
      url: `${api}/v1/hub/${path}`,
      accessToken,
      body,
      answer: batchAnswer,
    });
    const [first] = rejected;
    if (first !== undefined)
      throw new Error(
        `The feed refused ${rejected.length} of the sample's records at ${path}; record ${first.index}: ${first.code}, ${first.detail}`,
      );
  };

  const { id: partnerId, ownerName, ownerEmail, name, timeZone } = partner;
  const partnerPath = `partners/${encodeURIComponent(partnerId)}`;
  await Promise.all([
    ...services.map(({ id, ...service }) => put(`services/${encodeURIComponent(id)}`, service)),
    put(partnerPath, { name, owner: { name: ownerName, email: ownerEmail }, timeZone }),
  ]);
  for (const batch of inBatches(customers, customersPerCall))
    await post(`${partnerPath}/customers`, { customers: batch });

  const today = `${now().toISOString().slice(0, 10)}T00:00:00.000Z`;
  const measurements = usage.map((row) => ({
    ...row,
    measuredAt: row.measuredAt === "today" ? today : row.measuredAt,
  }));
  for (const batch of inBatches(measurements, measurementsPerCall))
    await post(`${partnerPath}/usage`, { measurements: batch });

  return {
    partnerId,
    partnerName: name,
    services: services.length,
    customers: customers.length,
    measurements: measurements.length,
  };
};

const inBatches = <T>(records: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(records.length / size) }, (_, index) =>
    records.slice(index * size, (index + 1) * size),
  );
