import type { Trouble as Breaker } from "#shared/breakers/state/breaker";
import { AppError } from "#shared/errors";
import { partnerToken } from "#shared/gradient/gradient-token";
import { conflict } from "#shared/table/table";
import { openForAll } from "#test/builders/breakers";
import type { HttpCall } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";
import { asking, connected, type Trouble } from "./troubled-calls.ts";

const base = "/v1/integrations/gradient";
const partner = "/v1/hub/partners/{partnerId}";
const nobody = { org_id: "org-9" };
const notStarted = { org_id: "org-2" };

type Asked = Omit<HttpCall, "routeKey">;
const asked = (...calls: Asked[]): Trouble => {
  return async (described) => {
    const ask = asking(await connected(), described);
    const answers = [];
    for (const call of calls) answers.push(await ask(call));
    return answers;
  };
};
/** After this has happened to the partner. */
const after = (happens: (world: ServiceWorld) => Promise<unknown>, call: Asked = {}): Trouble => {
  return async (described) => {
    const world = await connected();
    await happens(world);
    return [await asking(world, described)(call)];
  };
};

const unknownPartner = asked({ path: { partnerId: "org-9", customerId: "a" } });
const beforeStart = asked({ person: notStarted });
const foreignCursor = asked({ query: { cursor: "abc", kind: "accounts" }, path: { exportId: "some-export" } });
const unknownExport = asked({});

const startExport = (world: ServiceWorld, body: unknown) =>
  hubApi(world)
    .ask("startExport", { body })
    .then(({ body: { id } }): string => id);

const confirmedLongAgo = async (world: ServiceWorld) => {
  const row = await world.table.get({ pk: `partner#${world.partnerId}`, sk: "integration" });
  if (!row) throw new Error("The partner has not started.");
  await world.table.put({ ...row, agreement: { ...Object(row.agreement), version: "2025-01-01" } });
  await world.pass(400 * 24 * 60 * 60_000);
};

const retrying = (first: unknown, between: (world: ServiceWorld, exportId: string) => Promise<unknown>): Trouble => {
  return async (described) => {
    const world = await connected();
    const retryOf = await startExport(world, first);
    await between(world, retryOf);
    return [await asking(world, described)({ body: { retryOf } })];
  };
};

/** The partner's first key, while Gradient answers this. */
const gradientSays = (call: "readConnection" | "setStatus", error: AppError): Trouble => {
  return async (described) => {
    const world = serviceWorld();
    world.gradient.addOrganization({ token: world.token });
    await hubApi(world).ask("start");
    world.gradient.failNext(call, { error });
    return [await asking(world, described)({ body: { partnerToken: world.token } })];
  };
};
const obstructed = (trouble: Breaker): Trouble => {
  return after((world) => openForAll(world.table, trouble, world.clock.now()));
};
const another = partnerToken.parse("another-partner-token-0002");
const refusedKeys = Array.from({ length: 6 }, () => ({ body: { partnerToken: another } }));

/** What only some routes meet, by what is the matter. */
export const ownTroubles: Record<string, Record<string, Trouble>> = {
  "PUT /v1/hub/services/{serviceId}": {
    "a name that is taken": asked({
      body: { name: "Service dns", description: "d", category: "security", subcategory: "other", unit: "seats" },
    }),
  },
  [`POST ${partner}/customers`]: { unknownPartner },
  [`PUT ${partner}`]: {
    "somebody else changes it all the time": async (described) => {
      const world = await connected();
      Object.assign(world.table, { transact: async () => Promise.reject(conflict()) });
      const body = { name: "Another name", owner: { name: "Olga Owner", email: "olga@example.com" }, timeZone: "UTC" };
      return [await asking(world, described)({ body })];
    },
  },
  [`GET ${partner}`]: { unknownPartner },
  [`DELETE ${partner}/customers/{customerId}`]: {
    unknownPartner,
    "a stranger": asked({ path: { partnerId: "org-1", customerId: "nobody" } }),
  },
  [`POST ${partner}/customers/removals`]: { unknownPartner },
  [`POST ${partner}/usage`]: { unknownPartner },
  [`POST ${base}`]: { "nobody whom the feed has told of": asked({ person: nobody }) },
  [`PUT ${base}/token`]: {
    beforeStart,
    "no token": asked({ body: { partnerToken: "a b" } }),
    "tokens that Gradient refuses": asked(...refusedKeys),
    "a key of another partner": async (described) => {
      const world = await connected();
      await hubApi(world).ask("start", { person: notStarted });
      return [await asking(world, described)({ person: notStarted, body: { partnerToken: world.token } })];
    },
    "a key of another organization": after(async (world) => world.gradient.addOrganization({ token: another })),
    "Gradient fails": gradientSays("readConnection", new AppError("unavailable", "gradient.unavailable", "down")),
    "Gradient asks for fewer calls": gradientSays(
      "setStatus",
      new AppError("unavailable", "gradient.throttled", "slow"),
    ),
    "Gradient is not asked in time": gradientSays(
      "setStatus",
      new AppError("unavailable", "gradient.not-asked", "late"),
    ),
    "no slot comes in time": gradientSays("setStatus", new AppError("unavailable", "slots.over", "late")),
    "Gradient forbids the call": gradientSays("readConnection", new AppError("upstream", "gradient.forbidden", "no")),
    "Gradient refuses the call": gradientSays("setStatus", new AppError("upstream", "gradient.refused", "no")),
    "everybody's calls are held for the vendor's key": obstructed("vendor-key"),
    "everybody's calls are held for a refusal": obstructed("gradient-refuses"),
    "everybody's calls are held for an outage": obstructed("gradient-down"),
    "no secret can be stored": async (described) => {
      const world = await connected();
      world.vault.failNext();
      return [await asking(world, described)({ body: { partnerToken: world.token } })];
    },
  },
  [`POST ${base}/agreement/confirmations`]: {
    beforeStart,
    "another text": asked({ body: { version: "2025-01-01", sha256: "0" } }),
  },
  [`POST ${base}/agreement/confirmations/{version}/owner-email`]: {
    beforeStart,
    "again at once": asked({}),
  },
  [`GET ${base}/mapping/items`]: { foreignCursor },
  [`GET ${base}/usage`]: { foreignCursor },
  [`GET ${base}/exports`]: { foreignCursor },
  [`GET ${base}/exports/{exportId}`]: { unknownExport },
  [`GET ${base}/exports/{exportId}/lines`]: { foreignCursor, unknownExport },
  [`GET ${base}/events`]: { foreignCursor },
  [`DELETE ${base}`]: { beforeStart },
  [`POST ${base}/mapping/checks`]: { beforeStart },
  [`POST ${base}/mapping/exclusions`]: {
    beforeStart,
    strangers: asked(
      { body: { kind: "accounts", ids: ["nobody"], reason: "r" } },
      { body: { kind: "services", ids: ["nothing"], reason: "r" } },
    ),
  },
  [`POST ${base}/mapping/inclusions`]: {
    beforeStart,
    strangers: asked({ body: { kind: "accounts", ids: ["nobody"] } }, { body: { kind: "services", ids: ["nothing"] } }),
  },
  "POST /v1/webhooks/gradient/mapping-completed": {
    "a signature that is none": asked({ headers: { "webhook-signature": "v1,bm9uZQ==" } }),
  },
  [`POST ${base}/exports`]: {
    beforeStart,
    "beside another run": after((world) => startExport(world, { mode: "full" })),
    "the rest of nothing": asked({ body: { retryOf: "20261122T100000000Z-00000000" } }),
    "the rest of what is not over": retrying({ mode: "dry-run" }, async () => undefined),
    "the rest of what had no lines": retrying({ mode: "full" }, (world, exportId) =>
      hubApi(world).ask("cancelExport", { path: { exportId } }),
    ),
    "an agreement that is over": after(confirmedLongAgo),
  },
  [`DELETE ${base}/exports/{exportId}`]: { unknownExport },
  [`PUT ${base}/schedule`]: { beforeStart },
  [`PUT ${base}/notifications`]: { beforeStart },
};
