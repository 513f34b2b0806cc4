import { describe, expect, it } from "vitest";
import { putService } from "#functions/put-service/put-service";
import { aServiceRecord } from "#test/builders/service";
import { serviceWorld } from "#test/fakes/service-world";

const hourMs = 60 * 60_000;

describe("a service whose name Gradient writes in another way", () => {
  it("is created once, however often it is looked for", async () => {
    const world = serviceWorld({
      through: (gradient) => ({
        ...gradient,
        // as whoever shows names on pages may do
        createService: (token, service) =>
          gradient.createService(token, { ...service, name: service.name.replaceAll(/\s+/g, " ") }),
      }),
    });
    await world.connect();
    await putService(world.common)({ id: "mail", record: aServiceRecord({ name: "Managed  mailbox" }) });

    for (let hour = 0; hour < 24; hour += 1) {
      await world.catalogue();
      await world.pass(hourMs);
    }

    expect(world.gradient.services.map(({ name }) => name)).toEqual(["Managed mailbox"]);
  });
});
