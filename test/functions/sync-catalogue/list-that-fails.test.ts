import { expect, it } from "vitest";
import { putService } from "#functions/put-service/put-service";
import { AppError } from "#shared/errors";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { aServiceRecord } from "#test/builders/service";
import { printedBy } from "#test/builders/stdout";
import { serviceWorld } from "#test/fakes/service-world";

const hourMs = 60 * 60_000;

const alarms = (printed: string) =>
  printed
    .split("\n")
    .filter((line) => line.includes('"ERROR"'))
    .map((line) => JSON.parse(line));

it.each(["readServices", "createService"] as const)(
  "a service that waits for a day, because Gradient fails on %s or its answer cannot be read, is told of",
  async (call) => {
    const world = serviceWorld({
      through: (gradient) => ({
        ...gradient,
        [call]: async () => {
          throw gradientUnavailable("over");
        },
      }),
    });
    await world.connect();
    await putService(world.common)({ id: "dns", record: aServiceRecord({ name: "DNS" }) });
    const hours = async (count: number) => {
      for (let hour = 0; hour < count; hour += 1) {
        await world.catalogue();
        await world.pass(hourMs);
      }
    };

    expect(alarms(await printedBy(() => hours(24)))).toEqual([]);
    const printed = await printedBy(() => hours(48));

    expect(world.gradient.services).toEqual([]);
    const message = "services have waited for a day, and gradient fails";
    expect(alarms(printed)[0]).toMatchObject({ message, services: 1, serviceIds: ["dns"] });
  },
);

it("a list of services that Gradient fails on is no alarm where all that waits has been refused", async () => {
  const world = serviceWorld();
  await world.connect();
  world.gradient.failNext("createService", { error: new AppError("upstream", "gradient.refused", "bad name") });
  await putService(world.common)({ id: "dns", record: aServiceRecord({ name: "DNS" }) });
  await world.catalogue();
  await world.pass(48 * hourMs);
  world.gradient.failNext("readServices", { error: gradientUnavailable("over") }, { times: 100 });

  expect(alarms(await printedBy(async () => void (await world.catalogue())))).toEqual([]);
});
