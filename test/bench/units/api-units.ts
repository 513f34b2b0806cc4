import type { HttpCall } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { everyRow } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";
import { countingTable, type Units } from "./counting-table.ts";

const base = "/v1/integrations/gradient";
const partner = "/v1/hub/partners/{partnerId}";
const services = ["dns", "edr", "mail", "backup", "vpn"];

const customersNamed = (count: number) =>
  Array.from({ length: count }, (_, index) => `0b0e7c1e-3f5f-4a52-9d6b-${String(index).padStart(12, "0")}`);

/** A partner whose run is over, with its API on a table that counts units. */
const aCounted = async (customers: string[], serviceIds: string[]) => {
  const world = serviceWorld();
  for (const id of serviceIds) await world.addService(id);
  for (const id of customers) {
    await world.addCustomer(id);
    await world.setUsage(id, Object.fromEntries(serviceIds.map((service) => [service, 7])));
  }
  await world.connect();
  world.map(customers);
  await world.live(3);
  const table = countingTable(world.table);
  table.learn(everyRow(world.table));
  const api = hubApi({
    ...world,
    table: { ...world.table, ...table },
    common: { ...world.common, table: { ...world.table, ...table } },
  });
  const { body } = await api.asPerson({ routeKey: `GET ${base}/exports` });
  const exportId: string = body.items[0].id;
  const measuredAt = new Date(world.clock.now() - 1000).toISOString();
  const count = async (asked: HttpCall): Promise<Units> => {
    table.reset();
    const { status = 0 } = await (asked.routeKey.includes("/v1/hub/") ? api.asFeed(asked) : api.asPerson(asked));
    if (status >= 400) throw new Error(`${asked.routeKey} answered ${status}`);
    return table.total();
  };
  return { count, exportId, measuredAt, path: { partnerId: world.partnerId } };
};

export interface CountedCall extends Units {
  name: string;
}

/** What DynamoDB would charge for a call of each kind that a partner's month is made of. */
export const countedCalls = async (): Promise<CountedCall[]> => {
  const counted: CountedCall[] = [];
  const note = async (name: string, units: Promise<Units>) => void counted.push({ name, ...(await units) });

  const ids = customersNamed(40);
  const { count, exportId, path, measuredAt } = await aCounted(ids, services);
  const read = (name: string, route: string, more: Omit<HttpCall, "routeKey"> = {}) =>
    note(name, count({ routeKey: `GET ${base}${route}`, ...more }));
  await read("the integration", "");
  await read("the mapping", "/mapping");
  await read("a page of usage", "/usage");
  await read("the runs", "/exports");
  await read("one run", "/exports/{exportId}", { path: { exportId } });
  await read("a page of receipts", "/exports/{exportId}/lines", { path: { exportId } });
  await read("a page of the audit trail", "/events");
  await note("Send usage", count({ routeKey: `POST ${base}/exports`, body: {} }));
  const customers = ids.map((id) => ({ id, name: `Customer ${id}`, billing: "billed" }));
  await note("40 customers again", count({ routeKey: `POST ${partner}/customers`, path, body: { customers } }));
  const measurements = ids.flatMap((customerId) =>
    services.map((serviceId) => ({ customerId, serviceId, unitCount: 8, measuredAt })),
  );
  await note("200 counts", count({ routeKey: `POST ${partner}/usage`, path, body: { measurements } }));
  return counted;
};
