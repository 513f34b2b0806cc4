import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Described } from "#api/problems";
import { routes } from "#api/routes";
import { keyOf } from "#shared/lambda/http/route";
import { goodCalls } from "#test/builders/good-calls";
import type { HttpCall } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { seededRandom } from "#test/builders/seeded-random";
import { signWebhook, webhookSecret } from "#test/builders/signed-webhook";
import { serviceWorld } from "#test/fakes/service-world";
import { pick, strangeRequest } from "./strange-requests.ts";

// more on demand: `REQUESTS_PER_ROUTE=10000 SEED=7 npx vitest run test/api/generated.test.ts`
const perRoute = Number(process.env.REQUESTS_PER_ROUTE ?? 1_000);
const seed = Number(process.env.SEED ?? 20_261_122);
// fifty times what they take
const timeout = perRoute * 100;
const all = routes.map(({ route }: Described) => ({ routeKey: keyOf(route), callers: route.callers }));
type Asked = (typeof all)[number];

const exportsOf = z.object({ items: z.array(z.object({ id: z.string() })) });
const organizationId = "example-organization";

/** An active partner with a run in its history, and whatever a request has to name so that it finds something. */
const connected = async () => {
  const world = serviceWorld();
  await world.addService("dns");
  await world.addService("mail");
  await world.addCustomer("a");
  await world.addCustomer("c");
  await world.setUsage("a", { dns: 7, mail: 2 });
  await world.connect();
  world.map(["a", "c"]);
  await world.live(3);
  const { asPerson, asFeed } = hubApi(world, Number.POSITIVE_INFINITY);
  const { body } = await asPerson({ routeKey: "GET /v1/integrations/gradient/exports" });
  const [{ id: exportId } = { id: "" }] = exportsOf.parse(body).items;
  const own: Record<string, Omit<HttpCall, "routeKey">> = {
    "PUT /v1/integrations/gradient/token": { body: { partnerToken: world.token } },
    "POST /v1/webhooks/gradient/mapping-completed": {
      body: { type: "mapping.completed", timestamp: "2026-11-22T12:00:00Z", data: { organizationId } },
    },
  };
  const goodCall = (routeKey: string) => {
    const good = own[routeKey] ?? goodCalls[routeKey] ?? {};
    return good.path && "exportId" in good.path ? { ...good, path: { exportId } } : good;
  };
  const signed = (asked: HttpCall, id: string): HttpCall => {
    const body = JSON.stringify(asked.body ?? null);
    const delivery = { id, sentAt: world.common.now(), body, keys: [webhookSecret] };
    return { ...asked, body, headers: { ...asked.headers, ...signWebhook(delivery) } };
  };

  /** Asks for something strange; throws for an answer that is not declared, and for a failure of our own. */
  const askOneOf = async (random: () => number, some: readonly Asked[]): Promise<number | undefined> => {
    const { routeKey, callers } = pick(random, some);
    const { person, ...asked } = strangeRequest(random, routeKey, goodCall(routeKey));
    const send = () => {
      if (callers === "feed") return asFeed(asked);
      if (callers === "signed" && random() < 0.9) return asPerson(signed(asked, `msg_${Math.floor(random() * 500)}`));
      return asPerson({ ...asked, ...(person && { person }) });
    };
    const { status = 0, body } = await send();
    if (status >= 500) throw new Error(`${JSON.stringify({ ...asked, person })}: ${JSON.stringify(body)}`);
    return status;
  };
  return { world, askOneOf };
};

describe.each(all.map((asked) => [asked.routeKey, asked] as const))("%s", (_, asked) => {
  it(
    `answers ${perRoute} strange requests as it is declared, and none with a failure of its own`,
    async () => {
      const { askOneOf } = await connected();
      const random = seededRandom(seed);
      const statuses = new Set<number | undefined>();
      for (let request = 0; request < perRoute; request += 1) statuses.add(await askOneOf(random, [asked]));
      // neither all taken nor all refused, or the requests would be worth little
      expect([...statuses].some((status = 0) => status < 300)).toBe(true);
      expect([...statuses].some((status = 0) => status >= 400)).toBe(true);
    },
    timeout,
  );
});

it(
  "what one route has taken stops no other, nor what follows from it",
  async () => {
    const { world, askOneOf } = await connected();
    const random = seededRandom(seed);
    for (let round = 0; round < 4; round += 1) {
      for (let request = 0; request < perRoute / 2; request += 1) await askOneOf(random, all);
      await world.live(2);
    }
  },
  timeout,
);
