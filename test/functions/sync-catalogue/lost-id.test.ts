import { expect, it } from "vitest";
import { findService, toServiceItem } from "#shared/services/hub-service";
import { printedBy } from "#test/builders/stdout";
import { serviceWorld } from "#test/fakes/service-world";

const alarms = (printed: string) =>
  printed
    .split("\n")
    .filter((line) => line.includes('"ERROR"'))
    .map((line) => JSON.parse(line));

/** A connected partner, and two services, of which the first is in Gradient. */
const aWorld = async () => {
  const world = serviceWorld();
  await world.connect();
  await world.addService("dns");
  await world.catalogue();
  await world.addService("sig");
  const dns = await findService(world.table, "dns");
  const sig = await findService(world.table, "sig");
  if (!dns || !sig) throw new Error("There are no such services");
  return { world, dns, sig };
};

it.each(["dns", "sig"])("an id of Gradient's that is bound to a service without it is told of to %s", async (id) => {
  const { world, dns, sig } = await aWorld();
  // as an edit by hand may leave them
  await world.table.put(toServiceItem({ ...dns, name: id === "dns" ? dns.name : "DNS", gradientServiceId: null }));
  if (id === "sig") await world.table.put(toServiceItem({ ...sig, name: "Service dns" }));

  const printed = await printedBy(async () => void (await world.catalogue()));

  const message = "an id of gradient's is bound to a service that has lost it";
  const { gradientServiceId } = dns;
  expect(alarms(printed)).toMatchObject([{ message, serviceId: id, boundTo: "dns", gradientServiceId }]);
});

it("two workers that bind the same at the same moment are no alarm", async () => {
  const { world, dns } = await aWorld();
  world.gradient.services.push({ id: "theirs", name: "Service sig" });

  const printed = await printedBy(async () => void (await Promise.all([world.catalogue(), world.catalogue()])));

  expect(alarms(printed)).toEqual([]);
  expect(await findService(world.table, "sig")).toMatchObject({ gradientServiceId: "theirs" });
  expect(await findService(world.table, "dns")).toEqual(dns);
});
