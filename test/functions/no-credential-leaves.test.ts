import { beforeAll, describe, expect, it } from "vitest";
import { routes } from "#api/routes";
import { readIntegrationEndpoint } from "#functions/read-integration/endpoint";
import { receiveMappingWebhookEndpoint } from "#functions/receive-mapping-webhook/endpoint";
import { receiveMappingWebhook } from "#functions/receive-mapping-webhook/receive-mapping-webhook";
import { sweepOutbox } from "#functions/relay-outbox/relay-outbox";
import { watchMappings } from "#functions/watch-mappings/watch-mappings";
import { currentAgreement } from "#shared/agreements/agreement";
import { gradientClient } from "#shared/gradient/gradient-client";
import { gradientTokenHeader, partnerToken } from "#shared/gradient/gradient-token";
import { keyOf } from "#shared/lambda/http/route";
import { queueBatchWorker } from "#shared/lambda/queue-batch-worker";
import { queueWorker } from "#shared/lambda/queue-worker";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import { logger } from "#shared/logger";
import { type Task, taskOf } from "#shared/outbox/outbox";
import { pack, unpack } from "#shared/table/packed";
import { integrationView } from "#shared/views/integration-view";
import { aLambdaContext, anHttpEvent, call } from "#test/builders/http-event";
import { changingRoutes, hubApi } from "#test/builders/hub-api";
import { anSqsEvent } from "#test/builders/queue-event";
import { signWebhook } from "#test/builders/signed-webhook";
import { printedBy } from "#test/builders/stdout";
import { everyRow } from "#test/builders/table";
import { callsPerSecond } from "#test/fakes/rate";
import { serviceWorld } from "#test/fakes/service-world";
import { talkativeGradient } from "#test/fakes/talkative-gradient";

const vendorKey = "canary-vendor-key-of-the-hub-7f3a";
const webhookKey = `whsec_${Buffer.from("canary-webhook-key-of-the-hub-11").toString("base64")}`;
const firstToken = partnerToken.parse("canary-partner-token-first-9b21");
const { version, sha256 } = currentAgreement;
const inTime = aLambdaContext({ getRemainingTimeInMillis: () => 300_000 });

/** Every row as text, also what is stored deflated. */
const rowText = (row: object): string =>
  JSON.stringify(row, (_, value) => (value instanceof Uint8Array ? unpack(value) : value));

/** Those letters of a text's Base64 that do not depend on what stands around it, with so many bytes before it. */
const inBase64 = (text: string, before: number): string =>
  Buffer.from("\0".repeat(before) + text)
    .toString("base64")
    .replace(/=+$/, "")
    .slice(before === 0 ? 0 : before + 1, -2);

/** The whole service at work, with every credential a canary, and Gradient quoting them whenever it refuses. */
const workedService = () => {
  const gradients: ReturnType<typeof talkativeGradient>[] = [];
  const world = serviceWorld({
    token: firstToken,
    through: (gradient, now) => {
      const talkative = talkativeGradient(gradient);
      gradients.push(talkative);
      const { transport } = talkative;
      return gradientClient({ baseUrl: "https://gradient.example/api", vendorKey, transport, now });
    },
  });
  const [gradient] = gradients;
  if (!gradient) throw new Error("Gradient was not wired");

  /** Every row that was ever written, also one that is gone a moment later. */
  const rowsWritten = new Set<string>();
  const { put, transact } = world.table;
  world.table.put = (item, expected) => {
    rowsWritten.add(rowText(item));
    return put(item, expected);
  };
  world.table.transact = (writes) => {
    for (const write of writes) if ("put" in write) rowsWritten.add(rowText(write.put));
    return transact(writes);
  };

  const replies: unknown[] = [];
  /** The routes that have answered. */
  const asked = new Set<string>();
  const messages: string[] = [];
  const { clock, common, table } = world;
  const hub = hubApi(world);
  /** The back office sends a token where an id, a name and a field belong, and asks what has arrived. */
  const feedQuoting = async (token: string): Promise<void> => {
    const path = { partnerId: world.partnerId };
    const base = "/v1/hub/partners/{partnerId}";
    const odd = { [token]: token };
    for (const request of [
      { routeKey: "PUT /v1/hub/services/{serviceId}", path: { serviceId: "dns" }, body: odd },
      { routeKey: `PUT ${base}`, path, body: odd },
      { routeKey: `POST ${base}/customers`, path, body: { customers: [odd] } },
      { routeKey: `POST ${base}/customers/removals`, path, body: odd },
      { routeKey: `DELETE ${base}/customers/{customerId}`, path: { ...path, customerId: token } },
      { routeKey: `POST ${base}/usage`, path, body: { measurements: [odd] } },
      { routeKey: `GET ${base}`, path },
    ]) {
      asked.add(request.routeKey);
      replies.push(await hub.asFeed(request));
    }
  };
  const ask: typeof hub.ask = async (...request) => {
    asked.add(changingRoutes[request[0]]);
    const reply = await hub.ask(...request);
    replies.push(reply);
    return reply;
  };

  const doors = {
    "sync-accounts": queueWorker({ message: taskOf["sync-accounts"], run: world.sync }),
    "sync-catalogue": queueWorker({
      message: taskOf["sync-catalogue"],
      run: async () => `created ${(await world.catalogue()).created}`,
    }),
    "send-owner-mail": queueWorker({ message: taskOf["send-owner-mail"], run: world.mail }),
    "close-connection": queueWorker({ message: taskOf["close-connection"], run: world.close }),
    "export-usage": queueBatchWorker({ message: taskOf["export-usage"], run: world.worker }),
  };
  const waiting: Task[] = [];
  const queues = {
    send: async (task: Task) => {
      messages.push(JSON.stringify(task));
      waiting.push(task);
    },
  };
  const sweep = scheduledJob(sweepOutbox({ table, queues, now: () => new Date(clock.now() + 61_000) }));
  /** Works the queues off; what fails comes again, up to five times. */
  const work = async (): Promise<void> => {
    for (;;) {
      await sweep({}, inTime);
      waiting.push(...world.queued.splice(0));
      const task = waiting.shift();
      if (!task) return;
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        const { batchItemFailures } = await clock.settle(doors[task.kind](anSqsEvent(task), inTime));
        if (batchItemFailures.length === 0) break;
        await clock.settle(clock.sleep(120_000));
      }
    }
  };
  const tick = async () => {
    await clock.settle(clock.sleep(60 * 60_000));
    await scheduledJob(watchMappings({ ...common, callsPerSecond }))({}, inTime);
    await clock.settle(scheduledJob(async () => ({ ...(await world.catalogue()) }))({}, inTime));
    await clock.settle(scheduledJob(world.admit)({}, inTime));
    await work();
  };

  const webhook = receiveMappingWebhookEndpoint({
    receive: receiveMappingWebhook(common),
    readKeys: async () => JSON.stringify([webhookKey]),
    now: common.now,
  });
  const report = async (organizationId: string, keys = [webhookKey]) => {
    const body = JSON.stringify({ type: "mapping.completed", data: { organizationId } });
    const headers = signWebhook({ id: `msg_${replies.length}`, sentAt: clock.date(), body, keys });
    const routeKey = "POST /v1/webhooks/gradient/mapping-completed";
    asked.add(routeKey);
    replies.push(await call(webhook, anHttpEvent({ routeKey, headers, body })));
  };

  const view = integrationView({
    table,
    gradientBaseUrl: "https://gradient.example/api",
    now: () => new Date(),
    obstacleFor: async () => null,
  });
  const reading = readIntegrationEndpoint({ table, view, agreement: currentAgreement });
  const readAll = async () => {
    const base = "GET /v1/integrations/gradient";
    const read = async (route: string, path: Record<string, string> = {}, query: Record<string, string> = {}) => {
      const event = { routeKey: `${base}${route}`, path, query, person: { org_id: world.partnerId } };
      asked.add(event.routeKey);
      replies.push(await reading(anHttpEvent({ ...event, headers: { accept: "text/csv" } }), aLambdaContext()));
      const reply = await call(reading, anHttpEvent(event));
      replies.push(reply);
      return reply;
    };
    for (const kind of ["accounts", "services"]) {
      for (const status of ["unmapped", "left-out"]) await read("/mapping/items", {}, { kind, status });
    }
    for (const route of ["", "/agreement", "/disconnection", "/mapping", "/usage", "/events"]) await read(route);
    const { body } = await read("/exports");
    for (const { id } of body.items) {
      await read("/exports/{exportId}", { exportId: id });
      await read("/exports/{exportId}/lines", { exportId: id });
    }
  };
  return {
    world,
    gradient,
    ask,
    feedQuoting,
    work,
    tick,
    report,
    readAll,
    queues,
    replies,
    asked,
    messages,
    rowsWritten,
  };
};

/** The beginnings of those texts that hold one of these. */
const leaksIn = (texts: string[], secrets: string[]): string[] => {
  const small = secrets.map((secret) => secret.toLowerCase());
  return texts
    .filter((text) => small.some((secret) => text.toLowerCase().includes(secret)))
    .map((text) => text.slice(0, 300));
};

interface Sinks {
  printed: string;
  rows: string[];
  messages: string[];
  mails: string[];
  replies: string[];
  "said to Gradient beside the header": string[];
}

describe("of all credentials, however Gradient and people quote them,", () => {
  const service = workedService();
  const { world, gradient, ask, feedQuoting, work, tick, report, readAll } = service;
  const tokens: string[] = [firstToken];
  const remember = () => {
    for (const row of everyRow(world.table)) service.rowsWritten.add(rowText(row));
  };
  let sinks: Sinks;

  const connect = async (token: string) => {
    await ask("start");
    // refused, down, throttled, forbidden, and what people paste
    for (const status of [401, 500, 429, 403, 400, 404, 409]) {
      gradient.fail(status);
      await ask("token", { body: { partnerToken: token } });
    }
    for (const text of [
      `${token} ${token}`,
      `${vendorKey}:${token}`,
      gradientTokenHeader(vendorKey, firstToken).repeat(9),
    ]) {
      await ask("token", { body: { partnerToken: text } });
    }
    await ask("token", { body: `{"partnerToken":"${token}"` });
    await ask("token", { body: { partnerToken: [token] } });
    await ask("token", { body: { partnerToken: token }, person: { role: "billing_admin" } });
    world.vault.failNext();
    await ask("token", { body: { partnerToken: token } });
    expect((await ask("token", { body: { partnerToken: token } })).status).toBe(200);
    expect((await ask("confirm", { body: { version, sha256 } })).status).toBe(201);
    remember();
  };

  const journey = async () => {
    world.gradient.addOrganization({ token: firstToken });
    for (const id of ["dns", "sig"]) await world.addService(id);
    for (const id of ["a", "b", "c"]) {
      await world.addCustomer(id);
      await world.setUsage(id, { dns: 3, sig: 0 });
    }
    await world.connect().catch(() => undefined);
    await ask("disconnect");
    await work();

    await connect(firstToken);
    gradient.fail(400, 500, 409, 400, 429);
    await work();
    world.map(["a", "b"]);
    const organizationId = (await world.integration()).gradient?.organizationId ?? "";
    await report(organizationId);
    await report(organizationId, [`whsec_${Buffer.from("a key that is not live, of others").toString("base64")}`]);
    await work();
    await ask("check");
    await ask("exclude", { body: { kind: "accounts", ids: ["c"], reason: "tried out" } });
    await ask("include", { body: { kind: "accounts", ids: ["c"], [firstToken]: firstToken } });
    await ask("resend", { path: { version } });
    await ask("notifications", { body: { recipients: ["ann@msp.example"], onSuccess: true } });
    await ask("token", { body: { partnerToken: firstToken, [firstToken]: firstToken } });
    await feedQuoting(firstToken);
    await ask("schedule", { body: { frequency: "daily", hour: 1, timeZone: "UTC" } });
    await ask("startExport", { body: { mode: "full" } });
    await ask("startExport", { body: { mode: "full" } });
    await ask("cancelExport", { path: { exportId: firstToken } });
    gradient.fail(400, 404, 500, 429, 400);
    await work();
    remember();
    await readAll();
    for (let hour = 0; hour < 16; hour += 1) await tick();

    const next = world.gradient.regenerateKey(firstToken);
    tokens.push(next);
    await ask("startExport", { body: { mode: "full" } });
    await work();
    expect(await world.integration()).toMatchObject({ state: "suspended" });
    remember();
    await readAll();
    await ask("token", { body: { partnerToken: next } });
    await work();
    await ask("startExport", { body: { mode: "full" } });
    await ask("disconnect");
    gradient.fail(500, 401);
    await work();
    remember();
    await connect(next);
    await work();
    await ask("startExport", { body: { mode: "full" } });
    gradient.fail(403, 403, 403);
    await work();
    await ask("disconnect", { query: { finalCounts: "zero" } });
    gradient.fail(400, 401);
    await work();
    await tick();
    remember();
    await readAll();
  };

  /** What has come into every sink by now. */
  const sinksWith = (printed: string): Sinks => ({
    printed,
    messages: [...service.messages],
    rows: [...service.rowsWritten],
    mails: world.mailer.sent.map((mail) => JSON.stringify(mail)),
    replies: service.replies.map((reply) => JSON.stringify(reply)),
    "said to Gradient beside the header": [...gradient.saidBeside],
  });

  beforeAll(async () => {
    sinks = sinksWith(await printedBy(journey));
  });

  const forbidden = () => {
    const headers = tokens.map((token) => gradientTokenHeader(vendorKey, partnerToken.parse(token)));
    const halves = [vendorKey, webhookKey, webhookKey.slice(6), ...tokens];
    // in any case, and as URLs, JSON, hexadecimal and Base64 would have them; Base64 at each of three places, for what
    // stands before the secret moves its letters
    return [...halves, ...headers].flatMap((secret) => [
      secret,
      secret.replace(/=+$/, ""),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("hex"),
      [...secret].reverse().join(""),
      ...[0, 1, 2].map((before) => inBase64(secret, before)),
    ]);
  };

  it("all were in use: Gradient has seen them, and the vault has kept the tokens", () => {
    for (const token of tokens) {
      expect(gradient.headersSeen).toContain(gradientTokenHeader(vendorKey, partnerToken.parse(token)));
    }
    const kept = world.vault.names().flatMap((name) => world.vault.versions(name));
    expect(kept).toContain(tokens.at(-1));
  });

  it("replies of every route are searched", () => {
    expect([...service.asked].sort()).toEqual(routes.map(({ route }) => keyOf(route)).sort());
  });

  it("every sink was in use, failures too", () => {
    const codes = new Set(sinks.replies.flatMap((reply) => /"code":"([a-z.-]+)"/.exec(reply)?.[1] ?? []));
    for (const code of [
      "request.malformed",
      "request.invalid",
      "token.malformed",
      "token.rejected",
      "gradient.unavailable",
      "secrets.unavailable",
      "role.not-allowed",
      "export.already-running",
      "webhook.signature",
    ]) {
      expect(codes).toContain(code);
    }
    for (const word of ["request refused", "request failed", "message handled", "message failed", "job done"]) {
      expect(sinks.printed).toContain(word);
    }
    expect(sinks.mails.length).toBeGreaterThan(2);
    for (const word of ["Gradient's reason is not shown (status 400).", "token.rejected", "gradient-refuses"]) {
      expect(sinks.rows.join("\n")).toContain(word);
    }
    for (const kind of Object.keys(taskOf)) {
      expect(sinks.messages.join("\n")).toContain(kind);
    }
  });

  it("the needles are those that a leak would be found by: one in each spelling, at any place", () => {
    const needles = forbidden();
    for (const [at, token] of tokens.entries()) {
      const pair = `${vendorKey}:${token}`;
      for (const leak of [
        Buffer.from(pair).toString("base64"),
        Buffer.from(`x${token}`).toString("base64url"),
        Buffer.from(`xy${vendorKey}`).toString("base64"),
        `?key=${encodeURIComponent(pair)}`,
        token.toUpperCase(),
      ]) {
        const isFound = needles.some((needle) => leak.toLowerCase().includes(needle.toLowerCase()));
        expect([at, leak, isFound]).toEqual([at, leak, true]);
      }
    }
  });

  it.each(["printed", "rows", "messages", "mails", "replies", "said to Gradient beside the header"] as const)(
    "none is in what was %s",
    (sink) => {
      expect(leaksIn([sinks[sink]].flat(), forbidden())).toEqual([]);
    },
  );

  /** What lets a text into each sink, by the way that a leak would take. */
  const leaks: Record<keyof Sinks, (text: string) => Promise<unknown>> = {
    printed: async (text) => logger.info("planted", { detail: text }),
    rows: (text) => world.table.put({ pk: "planted", sk: text.slice(0, 4), version: 1, packed: pack({ text }) }),
    messages: (text) => service.queues.send({ kind: "send-owner-mail", partnerId: "org-1", mailId: text }),
    mails: (text) =>
      world.mailer.send({
        to: { name: "", email: "olga@example.com" },
        subject: "Planted",
        text,
        html: "",
        reference: "planted",
        partnerId: "org-1",
        attempt: 1,
      }),
    replies: async (text) => service.replies.push({ status: 500, body: { detail: text } }),
    "said to Gradient beside the header": (text) => {
      const url = `https://gradient.example/api/vendor-api?x=${encodeURIComponent(text)}`;
      const header = gradientTokenHeader(vendorKey, firstToken);
      return gradient
        .transport({ method: "GET", url, headers: { "gradient-token": header }, timeoutMs: 1000 })
        .catch(() => undefined);
    },
  };

  it.each(Object.entries(leaks))("one would be found in what was %s", async (sink, leak) => {
    const header = gradientTokenHeader(vendorKey, firstToken);
    for (const secret of [vendorKey, webhookKey, ...tokens, header, Buffer.from(`x${header}`).toString("base64")]) {
      const before = sinksWith("");
      const printed = await printedBy(() => leak(`a ${secret} b`));

      const after = sinksWith(printed);
      const news = [after[sink as keyof Sinks]].flat().slice([before[sink as keyof Sinks]].flat().length);
      const found = leaksIn(sink === "printed" ? [printed] : news, forbidden());
      expect([secret, found.length]).toEqual([secret, 1]);
    }
  });
});
