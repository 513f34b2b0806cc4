import { afterEach, beforeEach, expect } from "vitest";
import type { Caller, GradientApi, UnitCount } from "#shared/gradient/gradient-api";
import { gradientClient } from "#shared/gradient/gradient-client";
import type { RequestOptions } from "#shared/gradient/gradient-requests";
import { partnerToken } from "#shared/gradient/gradient-token";
import { freePacer } from "#test/fakes/paced-gradient";
import { json, type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";

export const token = partnerToken.parse("canary-partner-token-9f3c");
export const vendorKey = "canary-vendor-key-77aa";
export const header = Buffer.from(`${vendorKey}:${token}`).toString("base64");

/** Both anew for each test of the file that reads them. */
export let server: LoopbackServer;
export let client: GradientApi;

export const aClient = (options: Partial<RequestOptions> = {}, caller: Caller = { pacer: freePacer }): GradientApi =>
  gradientClient({ baseUrl: `${server.url}/api`, vendorKey, ...options }).as(caller);

beforeEach(async () => {
  server = await startLoopbackServer(json(500, {}));
  client = aClient({ timeoutMs: 2_000 });
});
afterEach(() => server.close());

export const onlyRequest = () => {
  expect(server.received).toHaveLength(1);
  const { method, path, body, headers } = server.received[0] ?? expect.fail("nothing was received");
  return { method, path, body: body === "" ? undefined : JSON.parse(body), header: headers["gradient-token"] };
};

export const count = {
  serviceId: "65aa00000000000000000010",
  accountId: "cust-0042",
  unitCount: 17,
  rebuildsViews: true,
};

/** What Gradient answers, without the moment at which it was asked. */
export const answerTo = async (given: UnitCount, of: GradientApi = client) => {
  const { sentAt: _, ...answer } = { sentAt: 0, ...(await of.setUnitCount(token, given)) };
  return answer;
};
