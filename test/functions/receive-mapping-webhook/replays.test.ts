import { expect, it } from "vitest";
import { receiveMappingWebhookEndpoint } from "#functions/receive-mapping-webhook/endpoint";
import { receiveMappingWebhook } from "#functions/receive-mapping-webhook/receive-mapping-webhook";
import { type WebhookCall, webhookForger, webhookKeys } from "#test/builders/forged-webhooks";
import { anHttpEvent, call } from "#test/builders/http-event";
import { seededRandom } from "#test/builders/seeded-random";
import { everyRow, owedTasks } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";

const routeKey = "POST /v1/webhooks/gradient/mapping-completed";

const anApi = async () => {
  const world = serviceWorld();
  await world.connect();
  const endpoint = receiveMappingWebhookEndpoint({
    receive: receiveMappingWebhook(world.common),
    readKeys: async () => JSON.stringify(webhookKeys.live),
    now: world.common.now,
  });
  const statusOf = async ({ id, timestamp, signature, body }: WebhookCall): Promise<number | undefined> => {
    const headers = {
      ...(id === undefined ? {} : { "webhook-id": id }),
      ...(timestamp === undefined ? {} : { "webhook-timestamp": timestamp }),
      ...(signature === undefined ? {} : { "webhook-signature": signature }),
    };
    const encoded = { body: body.toString("base64"), isBase64Encoded: true };
    return (await call(endpoint, anHttpEvent({ routeKey, headers, ...encoded }))).status;
  };
  const random = seededRandom(4);
  const forger = webhookForger(random, world.clock.date());
  const organizationId = (await world.integration()).gradient?.organizationId;
  const text = JSON.stringify({ type: "mapping.completed", data: { organizationId } });
  const tasks = () => owedTasks(world.table).length;
  return { world, statusOf, random, forger, text, tasks };
};

it("has one effect of each delivery, however often, under whatever name and whenever it is sent again", async () => {
  const { world, statusOf, random, forger, text, tasks } = await anApi();
  const deliveries = Array.from({ length: 200 }, (_, number) => forger.delivery(`msg_${number}`, text));
  const again = () => deliveries[Math.floor(random() * deliveries.length)] ?? forger.authentic();

  // some of them twice at once
  const first = await Promise.all([...deliveries, ...deliveries.slice(0, 50)].map(statusOf));
  expect(new Set(first)).toEqual(new Set([202]));
  // whoever comes while a look is on its way is served by it
  expect(tasks()).toBe(1);

  const before = everyRow(world.table);
  const replies: (number | undefined)[] = [];
  for (let replay = 0; replay < 5_000; replay += 1) {
    const one = again();
    // the sender itself repeats a message under its id, signed anew
    replies.push(await statusOf(random() < 0.5 ? one : forger.delivery(one.id ?? "", text)));
  }
  expect(new Set(replies)).toEqual(new Set([202]));
  expect(everyRow(world.table)).toEqual(before);

  await world.clock.settle(world.clock.sleep(11 * 60_000));
  for (let replay = 0; replay < 1_000; replay += 1) expect(await statusOf(again())).toBe(401);
  expect(everyRow(world.table)).toEqual(before);
});

it("answers 5,000 forgeries with 401, and does nothing", async () => {
  const { world, statusOf, forger } = await anApi();
  const before = everyRow(world.table);

  for (let number = 0; number < 5_000; number += 1) {
    const { kind, call: forgery } = forger.forged();
    expect({ kind, status: await statusOf(forgery) }).toEqual({ kind, status: 401 });
  }

  expect(everyRow(world.table)).toEqual(before);
});
