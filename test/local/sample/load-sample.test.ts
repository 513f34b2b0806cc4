import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { loadSample, loadSampleOnce } from "#local/sample/load-sample";
import { type LoopbackServer, loopbackServer, type Received } from "#test/local/loopback-server";

const now = () => new Date("2026-11-22T15:04:05.678Z");
let server: LoopbackServer | undefined;
afterEach(() => server?.stop());

const feed = async (rejected: unknown[] = []) => {
  server = await loopbackServer(({ path }) =>
    path === "/token"
      ? { status: 200, body: { access_token: "feed-jwt" } }
      : { status: 200, body: { accepted: 1, rejected } },
  );
  return { api: server.url, issuer: server.url };
};

describe("loadSample", () => {
  it("feeds services, the partner, customers and usage with a token of the feed's scope", async () => {
    const endpoints = await feed();

    const summary = await loadSample(endpoints, now);

    expect(summary).toEqual({
      partnerId: "org-1001",
      partnerName: "Harbourline IT Services",
      services: 4,
      customers: 40,
      measurements: 153,
    });
    const [token, ...calls] = server?.received ?? [];
    expect(token?.body).toMatchObject({ scope: "hub.feed" });
    expect(calls.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      "POST /v1/hub/partners/org-1001/customers",
      "POST /v1/hub/partners/org-1001/usage",
      "PUT /v1/hub/partners/org-1001",
      "PUT /v1/hub/services/dns-advantage",
      "PUT /v1/hub/services/dns-essentials",
      "PUT /v1/hub/services/secure-endpoint",
      "PUT /v1/hub/services/sig-essentials",
    ]);
    expect(calls.every(({ authorization }) => authorization === "Bearer feed-jwt")).toBe(true);
    expect(calls.at(-2)?.path).toMatch(/customers$/);
    expect(calls.at(-1)?.path).toMatch(/usage$/);
  });

  it("sends bodies of exactly the contract's shape", async () => {
    const endpoints = await feed();

    await loadSample(endpoints, now);

    const bodyOf = (path: string) => server?.received.find((call: Received) => call.path.endsWith(path))?.body;
    expect(bodyOf("/services/secure-endpoint")).toEqual({
      name: "Secure Endpoint",
      description: "Detection and response on a computer or server, per installed connector",
      category: "security",
      subcategory: "endpoint detection and response (EDR)",
      unit: "connector",
    });
    expect(bodyOf("/partners/org-1001")).toEqual({
      name: "Harbourline IT Services",
      owner: { name: "Marta Keller", email: "marta.keller@harbourline.example" },
      timeZone: "Europe/Prague",
    });
    expect(bodyOf("/customers")).toMatchObject({
      customers: expect.arrayContaining([{ id: "cust-1024", name: "Kestrel Aviation Services", billing: "trial" }]),
    });
  });

  it("measures at the start of the day, so that a second load repeats the first and a later count stands", async () => {
    const endpoints = await feed();

    await loadSample(endpoints, now);
    await loadSample(endpoints, () => new Date("2026-11-22T23:59:59.999Z"));

    const [first, second] = (server?.received ?? []).filter(({ path }) => path.endsWith("/usage"));
    expect(second?.body).toEqual(first?.body);
    expect(first?.body).toMatchObject({
      measurements: expect.arrayContaining([
        {
          customerId: "cust-1023",
          serviceId: "dns-advantage",
          unitCount: 14,
          measuredAt: "2026-01-31T00:00:00.000Z",
        },
        { customerId: "cust-1023", serviceId: "dns-advantage", unitCount: 0, measuredAt: "2026-11-22T00:00:00.000Z" },
      ]),
    });
  });

  it("fails with the first named rejection", async () => {
    const endpoints = await feed([{ index: 3, code: "customer.name", detail: "The name is too long." }]);

    await expect(loadSample(endpoints, now)).rejects.toThrow("record 3: customer.name, The name is too long.");
  });

  it("says which call was refused, and with which code", async () => {
    server = await loopbackServer(({ path }) =>
      path === "/token"
        ? { status: 200, body: { access_token: "feed-jwt" } }
        : { status: 403, body: { code: "scope.missing", detail: "The token lacks hub.feed." } },
    );

    await expect(loadSample({ api: server.url, issuer: server.url }, now)).rejects.toThrow(
      /^PUT \/v1\/hub\/.+ answered 403 scope\.missing: The token lacks hub\.feed\.$/,
    );
  });

  it("says what cannot be reached", async () => {
    const endpoints = await feed();
    await server?.stop();

    await expect(loadSample(endpoints, now)).rejects.toThrow(`${endpoints.issuer} cannot be reached`);
  });
});

describe("loadSampleOnce", () => {
  it("feeds a state once, and tries again after a start that was cut short", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sample-"));
    let loads = 0;
    const start = (load: () => Promise<unknown>) =>
      loadSampleOnce(folder, { api: "http://api.example", issuer: "http://issuer.example" }, load);
    const whole = async () => {
      loads += 1;
    };
    try {
      await expect(start(() => Promise.reject(new Error("killed")))).rejects.toThrow("killed");
      await start(whole);
      await start(whole);
      expect(loads).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
