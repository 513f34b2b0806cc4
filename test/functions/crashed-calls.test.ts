import { expect, it } from "vitest";
import { currentAgreement } from "#shared/agreements/agreement";
import { type ChangingRoute, hubApi } from "#test/builders/hub-api";
import { everyRow } from "#test/builders/table";
import { dieAfter } from "#test/fakes/interrupted-table";
import { serviceWorld } from "#test/fakes/service-world";

const { version, sha256 } = currentAgreement;
const path = { version };

const aWorld = async () => {
  const world = serviceWorld();
  await world.addService("dns");
  await world.addCustomer("a");
  /** What people and the service have done. */
  const effects = () => everyRow(world.table).filter(({ sk }) => /^(event|export|mail)#/.test(sk)).length;
  return { world, effects };
};

/** A partner that has connected a while ago. */
const connected = async () => {
  const made = await aWorld();
  await made.world.connect();
  await made.world.pass(5 * 60_000);
  return made;
};

/** A partner whose next step is the agreement. */
const withToken = async () => {
  const made = await aWorld();
  const { gradient, token } = made.world;
  gradient.addOrganization({ token });
  const { ask } = hubApi(made.world);
  await ask("start");
  await ask("token", { body: { partnerToken: token } });
  return made;
};

// the count of calls, then the key, are written before it
const effectAt = 3;

it.each<[ChangingRoute, object]>([
  ["startExport", { body: { mode: "full" } }],
  ["check", {}],
  ["resend", { path }],
])("%s: a worker that dies after its effect has answered, and the same key makes no second", async (route, asked) => {
  const { world, effects } = await connected();
  const keyed = { ...asked, headers: { "idempotency-key": "key-1" } };
  const { restore } = dieAfter(world.table, effectAt);
  const before = effects();

  expect(await hubApi(world).ask(route, keyed)).toMatchObject({ status: 500 });
  restore();
  const made = effects();
  const again = await hubApi(world).ask(route, keyed);

  expect(made).toBeGreaterThan(before);
  expect(again).toMatchObject({ status: 202, headers: { "idempotency-replayed": "true" } });
  await world.pass(5 * 60_000);
  expect(await hubApi(world).ask(route, keyed)).toEqual(again);
  expect(effects()).toBe(made);
});

it.each<[ChangingRoute, object, typeof aWorld]>([
  ["start", {}, aWorld],
  ["confirm", { body: { version, sha256 } }, withToken],
  ["exclude", { body: { kind: "accounts", ids: ["a"], reason: "Bills itself" } }, connected],
])("%s: the same key half a minute after a worker's death makes no second effect", async (route, asked, given) => {
  const { world, effects } = await given();
  const keyed = { ...asked, headers: { "idempotency-key": "key-1" } };
  const { restore } = dieAfter(world.table, effectAt);
  const before = effects();

  expect(await hubApi(world).ask(route, keyed)).toMatchObject({ status: 500 });
  restore();
  const made = effects();
  expect(await hubApi(world).ask(route, keyed)).toMatchObject({ body: { code: "idempotency.in-progress" } });
  await world.pass(31_000);

  expect(made).toBeGreaterThan(before);
  expect(await hubApi(world).ask(route, keyed)).toMatchObject({ status: 200 });
  expect(effects()).toBe(made);
});
