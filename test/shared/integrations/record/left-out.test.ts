import { expect, it } from "vitest";
import { findLeftOutServices, type LeftOutServices, leftOutServicesWrite } from "#shared/integrations/record/left-out";
import { store } from "#shared/table/table";
import { itemBytes } from "#test/builders/item-size";
import { noon } from "#test/builders/time";
import { inMemoryTable } from "#test/fakes/in-memory-table";

const partnerId = "org-1001";
const service = (id: string, note: string) => ({ id, note, by: "user-1", at: noon });
const withServices = (services: LeftOutServices["services"]) => ({ partnerId, services, version: 0 });

it("500 services that are left out for one reason of 500 letters fit into a row, each with the reason", async () => {
  const note = "🏢".repeat(500);
  const services = Array.from({ length: 500 }, (_, index) => service(`${index}`.padStart(128, "s"), note));
  const table = inMemoryTable([]);
  const write = leftOutServicesWrite(withServices(services));

  expect(itemBytes(write.put)).toBeLessThan(400 * 1024);
  await store(table, write);
  expect((await findLeftOutServices(table, partnerId)).services).toEqual(services);
});

it("keeps several reasons apart, and those of a row that has each with its service", async () => {
  const services = [service("a", "One"), service("b", "Two"), service("c", "One"), service("d", "Two")];
  const table = inMemoryTable([]);
  await store(table, leftOutServicesWrite(withServices(services)));
  expect((await findLeftOutServices(table, partnerId)).services).toEqual(services);

  await table.put({ pk: `partner#${partnerId}`, sk: "left-out-services", partnerId, services, version: 1 });
  expect((await findLeftOutServices(table, partnerId)).services).toEqual(services);
});

it("keeps the reason of the others when the first is taken in again", async () => {
  const [a, b, c] = [service("a", "One"), service("b", "One"), service("c", "One")];
  const table = inMemoryTable([]);
  await store(table, leftOutServicesWrite(withServices([a, b, c])));
  const kept = await findLeftOutServices(table, partnerId);
  await store(table, leftOutServicesWrite({ ...kept, services: kept.services.slice(1) }));

  expect((await findLeftOutServices(table, partnerId)).services).toEqual([b, c]);
});
