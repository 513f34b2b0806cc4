import { expect, it } from "vitest";
import { putService } from "#functions/put-service/put-service";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { aServiceRecord } from "#test/builders/service";
import { printedBy } from "#test/builders/stdout";
import { serviceWorld } from "#test/fakes/service-world";

const hourMs = 60 * 60_000;

it("a list of services that Gradient fails on, or that cannot be read, day after day is told of", async () => {
  const world = serviceWorld({
    through: (gradient) => ({
      ...gradient,
      readServices: async () => {
        throw gradientUnavailable("over");
      },
    }),
  });
  await world.connect();
  await putService(world.common)({ id: "dns", record: aServiceRecord({ name: "DNS" }) });

  const printed = await printedBy(async () => {
    for (let hour = 0; hour < 72; hour += 1) {
      await world.catalogue();
      await world.pass(hourMs);
    }
  });

  expect(world.gradient.services).toEqual([]);
  expect(printed.split("\n").filter((line) => line.includes('"ERROR"')).length).toBeGreaterThan(0);
});
