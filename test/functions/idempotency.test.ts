import { describe, expect, it } from "vitest";
import { idempotency } from "#shared/calls/idempotency";
import type { HttpCall } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { everyRow } from "#test/builders/table";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { serviceWorld } from "#test/fakes/service-world";

const exportsKey = "POST /v1/integrations/gradient/exports";
const dryRun = { mode: "dry-run" };

const connected = async () => {
  const world = serviceWorld();
  await world.addService("dns");
  await world.addCustomer("a");
  await world.connect();
  const api = hubApi(world);
  const asked = (body: unknown, key: string, more: Partial<HttpCall> = {}) =>
    api.asPerson({ routeKey: exportsKey, body, headers: { "idempotency-key": key }, ...more });
  const runs = () => everyRow(world.table).filter(({ sk }) => sk.startsWith("export#"));
  return { world, api, asked, runs };
};

describe("the same key", () => {
  it("with the same body is answered as the first was, and starts nothing", async () => {
    const { asked, runs } = await connected();
    const first = await asked({ mode: "dry-run", customerIds: ["a"] }, "key-1");

    const second = await asked('{"customerIds": ["a"],  "mode": "dry-run"}', "key-1");

    expect(first).toMatchObject({ status: 202 });
    expect(first.headers).not.toHaveProperty("idempotency-replayed");
    expect(second).toEqual({ ...first, headers: { ...first.headers, "idempotency-replayed": "true" } });
    expect(runs()).toHaveLength(1);
  });

  it("at once is told to wait, or answered as the first was", async () => {
    const { asked, runs } = await connected();

    const answers = await Promise.all(Array.from({ length: 5 }, () => asked(dryRun, "key-1")));

    expect(runs()).toHaveLength(1);
    expect(answers.filter(({ status, headers }) => status === 202 && !headers?.["idempotency-replayed"])).toHaveLength(
      1,
    );
    const others = answers.filter(({ status, headers }) => status !== 202 && !headers?.["idempotency-replayed"]);
    for (const { status, body } of others) {
      expect({ status, code: body.code }).toEqual({ status: 409, code: "idempotency.in-progress" });
    }
  });

  it("is kept for a day", async () => {
    const { asked, runs, world } = await connected();
    const { body } = await asked(dryRun, "key-1");

    await world.pass(60 * 60_000);
    expect((await asked(dryRun, "key-1")).body).toEqual(body);
    await world.pass(23 * 60 * 60_000 + 1);
    expect((await asked(dryRun, "key-1")).body.id).not.toBe(body.id);
    expect(runs()).toHaveLength(2);
  });

  it("with another body is refused", async () => {
    const { asked, runs } = await connected();
    await asked(dryRun, "key-1");

    expect(await asked({ mode: "dry-run", customerIds: ["a"] }, "key-1")).toMatchObject({
      status: 422,
      body: { code: "idempotency.mismatch" },
    });
    expect(runs()).toHaveLength(1);
  });

  it("means another call on another route, and to another partner", async () => {
    const { api, asked } = await connected();
    await asked(dryRun, "key-1");

    const check = {
      routeKey: "POST /v1/integrations/gradient/mapping/checks",
      headers: { "idempotency-key": "key-1" },
    };
    expect(await api.asPerson(check)).toMatchObject({ status: 202 });
    expect(await asked(dryRun, "key-1", { person: { org_id: "org-2" } })).toMatchObject({
      status: 409,
      body: { code: "integration.wrong-step" },
    });
  });

  it("is no way around the role", async () => {
    const { asked, runs } = await connected();
    await asked({ mode: "full" }, "key-1");

    for (const body of [{ mode: "full" }, { mode: "changes" }]) {
      const answer = await asked(body, "key-1", { person: { role: "billing_admin" } });
      expect(answer).toMatchObject({ status: 403, body: { code: "role.not-allowed" } });
      expect(answer.headers).not.toHaveProperty("idempotency-replayed");
    }
    expect(runs()).toHaveLength(1);
  });

  it("has the refusal of a use case kept, and one for the role not", async () => {
    const { api, asked, world } = await connected();
    await asked({ mode: "full" }, "key-1");
    expect(await asked({ mode: "full" }, "key-2")).toMatchObject({ status: 409 });
    await world.work();

    const again = await asked({ mode: "full" }, "key-2");
    expect(again).toMatchObject({ status: 409, body: { code: "export.already-running" } });
    expect(again.headers).toMatchObject({ "idempotency-replayed": "true" });

    const asReader = { person: { role: "billing_admin" } };
    expect(await asked({ mode: "full" }, "key-3", asReader)).toMatchObject({ status: 403 });
    expect(await asked({ mode: "full" }, "key-3")).toMatchObject({ status: 202 });
    expect(api).toBeDefined();
  });
});

it.each(["", " ", "x".repeat(129), "ключ", "a\nb"])("refuses the key %j", async (key) => {
  const { asked, runs } = await connected();

  expect(await asked(dryRun, key)).toMatchObject({
    status: 422,
    body: { code: "request.invalid", errors: [{ path: "idempotency-key" }] },
  });
  expect(runs()).toHaveLength(0);
});

describe("a worker that dies", () => {
  const at = (seconds: number) => new Date(Date.parse("2026-11-22T12:00:00Z") + seconds * 1000);
  const call = { partnerId: "org-1", route: "POST /x", key: "k", digest: "d" };
  const good = (body: string) => ({ statusCode: 202, headers: {}, body });
  const never = new Promise<never>(() => undefined);

  it("before its effect leaves the key to whoever asks 30 seconds later", async () => {
    const table = inMemoryTable();
    let now = at(0);
    const { once } = idempotency({ table, now: () => now });
    once(call, () => never).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));

    now = at(29);
    await expect(once(call, async () => good("second"))).rejects.toMatchObject({ code: "idempotency.in-progress" });
    now = at(31);
    expect(await once(call, async () => good("third"))).toEqual({ answer: good("third"), isReplayed: false });
  });

  it("after its effect is not repeated, where what was written tells the answer", async () => {
    const table = inMemoryTable();
    const guarded = idempotency({ table, now: () => at(0) });
    const keyed = { ...call, answerOf: () => good("told by the rows") };
    guarded
      .once(keyed, async () => {
        await guarded.table.put({ pk: "partner#org-1", sk: "effect", version: 1 }, "absent");
        return never;
      })
      .catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));

    expect(await guarded.once(keyed, async () => good("again"))).toEqual({
      answer: good("told by the rows"),
      isReplayed: true,
    });
  });

  it("is not taken for dead because what came after its effect failed", async () => {
    const table = inMemoryTable();
    const guarded = idempotency({ table, now: () => at(0) });
    const keyed = { ...call, answerOf: () => good("told by the rows") };
    const failing = async () => {
      await guarded.table.transact([{ put: { pk: "partner#org-1", sk: "effect", version: 1 }, expect: "absent" }]);
      return { statusCode: 500, headers: {}, body: "{}" };
    };

    await guarded.once(keyed, failing);

    expect(await guarded.once(keyed, failing)).toMatchObject({ isReplayed: true });
  });
});
