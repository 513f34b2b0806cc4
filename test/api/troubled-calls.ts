import type { Described } from "#api/problems";
import { AppError } from "#shared/errors";
import { keyOf } from "#shared/lambda/http/route";
import { conflict, type Item } from "#shared/table/table";
import { goodCalls } from "#test/builders/good-calls";
import type { HttpCall } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { signWebhook, webhookSecret } from "#test/builders/signed-webhook";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

export interface Answered {
  status: number | undefined;
  headers?: unknown;
  body?: unknown;
}
type Asked = Omit<HttpCall, "routeKey">;
/** Brings a call into trouble; answers what came of it. */
export type Trouble = (described: Described) => Promise<(Answered | undefined)[]>;

const organizationId = "the-organization";

/** A connected partner that has one customer with one count. */
export const connected = async (): Promise<ServiceWorld> => {
  const world = serviceWorld();
  await world.addService("dns");
  await world.addCustomer("a");
  await world.setUsage("a", { dns: 6 });
  world.gradient.addOrganization({ token: world.token, organizationId });
  await world.connect();
  return world;
};

/** A good call of the route to this world, and what is other about it. */
export const asking =
  (world: ServiceWorld, { route }: Described, callsPerMinute?: number) =>
  async (other: Asked = {}): Promise<Answered> => {
    const api = hubApi(world, callsPerMinute);
    const routeKey = keyOf(route);
    const asked = { ...goodCalls[routeKey], ...other, routeKey };
    if (route.callers === "feed") return api.asFeed(asked);
    if (route.callers !== "signed") return api.asPerson(asked);
    const told = { type: "mapping.completed", data: { organizationId } };
    const body = typeof other.body === "string" ? other.body : JSON.stringify(other.body ?? told);
    const signature = signWebhook({ id: "msg_1", sentAt: world.common.now(), body, keys: [webhookSecret] });
    return api.asPerson({ ...asked, body, headers: { ...signature, ...other.headers } });
  };

/** The route's good call, while the table does this instead of what it should. */
const whileTable =
  (troubled: (world: ServiceWorld) => object): Trouble =>
  async (described) => {
    const world = await connected();
    Object.assign(world.table, troubled(world));
    return [await asking(world, described)()];
  };

const fails = (failure: () => Error) => async () => {
  throw failure();
};
const unavailable = fails(() => new AppError("unavailable", "table.unavailable", "The table did not answer."));
const broken = fails(() => new Error("unforeseen"));
const contested = fails(conflict);
// they begin anew where they cannot be read, which needs the row that is there
const counts = ["calls", "token-tries"];
const garbage = (key: { pk: string; sk: string }): Item => ({ pk: key.pk, sk: key.sk, version: 1 });

const oddTexts = ["", "\u0000", "x".repeat(600)];

/** What the call's path or query may hold that is odd, one member after the other, and a query that lacks all. */
const oddMembers = ({ route }: Described): Asked[] => {
  const { shape } = route.request;
  const good = goodCalls[keyOf(route)] ?? {};
  const odd = (["path", "query"] as const).flatMap((place) =>
    Object.keys(shape[place]?.shape ?? {}).flatMap((name) =>
      oddTexts.map((text) => ({ [place]: { ...good[place], [name]: text } })),
    ),
  );
  return [...odd, { query: {} }];
};

/** Calls that are wrong by themselves, and change nothing. */
const refused: Trouble = async (described) => {
  const ask = asking(await connected(), described);
  const answers: Answered[] = [];
  for (const other of [
    { body: "{" },
    { body: "x".repeat(3 * 1024 * 1024) },
    { body: { nonsense: 1 } },
    ...oddMembers(described),
    { person: { role: "" } },
    { person: { sub: "service" } },
    { person: { role: "billing_admin" } },
  ]) {
    answers.push(await ask(other));
  }
  return answers;
};

const withKey = (key: string, more: Asked = {}): Asked => ({ ...more, headers: { "idempotency-key": key } });

/** Another body that the route would take; of a route that takes none, one that says nothing. */
const anotherBody = (body: unknown): object => {
  const given = Object(body);
  const others = { mode: "dry-run", version: "another", ids: ["b"] };
  return { ...given, ...Object.fromEntries(Object.entries(others).filter(([name]) => name in given)) };
};

const keyed: Trouble = async (described) => {
  const world = await connected();
  // the mail that came with the connection is a while ago
  await world.pass(2 * 60_000);
  const ask = asking(world, described);
  const together = await Promise.all([ask(withKey("key")), ask(withKey("key"))]);
  const body = anotherBody(goodCalls[keyOf(described.route)]?.body);
  return [...together, await ask(withKey("key", { body })), await ask(withKey(""))];
};

/** What any route may meet. */
export const troubles: Trouble[] = [
  refused,
  async (described) => [await asking(await connected(), described, 0)()],
  whileTable(() => ({ put: contested, delete: contested, transact: contested })),
  whileTable(() => ({ get: unavailable, getMany: unavailable, query: unavailable, count: unavailable })),
  whileTable(() => ({ get: broken, getMany: broken, query: broken, count: broken })),
  whileTable(({ table: { get, getMany, query } }) => ({
    get: async (key: { pk: string; sk: string }) => (counts.includes(key.sk) ? get(key) : garbage(key)),
    getMany: async (keys: { pk: string; sk: string }[]) => (await getMany(keys)).map(garbage),
    query: async (asked: Parameters<typeof query>[0]) => {
      const page = await query(asked);
      return { ...page, items: page.items.map(garbage) };
    },
  })),
  keyed,
];
