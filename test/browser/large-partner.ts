import { readSample } from "#local/sample/sample";
import type { RunningSystem } from "#test/system/local-system";

const customersPerCall = 500;
const measurementsPerCall = 1_000;

const inBatches = <T>(records: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(records.length / size) }, (_, index) =>
    records.slice(index * size, (index + 1) * size),
  );

/** So many customers more at a partner of the sample, each with a count of each of the sample's services. */
export const feedLargePartner = async (
  { token, endpoints }: RunningSystem,
  partnerId: string,
  count: number,
): Promise<void> => {
  const jwt = await token({ sub: "feed", scope: "hub.feed" });
  const post = async (path: string, body: unknown) => {
    const reply = await fetch(`${endpoints.api}/v1/hub/partners/${partnerId}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${jwt}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`The feed answered ${reply.status} at ${path}`);
  };
  const measuredAt = new Date().toISOString();
  const customers = Array.from({ length: count }, (_, index) => ({
    id: `large-${index}`,
    name: `Customer ${index} of many`,
    billing: "billed",
  }));
  const { services } = readSample();
  const measurements = customers.flatMap(({ id: customerId }, index) =>
    services.map(({ id: serviceId }, place) => ({
      customerId,
      serviceId,
      unitCount: (index * 7 + place) % 90,
      measuredAt,
    })),
  );
  await Promise.all(inBatches(customers, customersPerCall).map((batch) => post("/customers", { customers: batch })));
  await Promise.all(
    inBatches(measurements, measurementsPerCall).map((batch) => post("/usage", { measurements: batch })),
  );
};
