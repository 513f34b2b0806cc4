import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { parseJson, Refusal, type Reply, readBody, refusalReply, replyToError, send } from "../calls/exchange.ts";
import type { Fate, FaultInjector } from "../calls/faults.ts";
import type { RateLimit } from "../calls/rate-limit.ts";
import { type Match, router } from "../calls/router.ts";
import { organizationOf } from "../world/credential.ts";
import type { Organization } from "../world/records.ts";
import { type SandboxWorld, timeOf, type VendorRoute } from "../world/sandbox-world.ts";
import { put } from "../world/state-store.ts";
import type { Timers } from "../world/timers.ts";
import { vendorAccountRoutes } from "./vendor-accounts.ts";
import { vendorConnectionRoutes } from "./vendor-connection.ts";
import { vendorOrganizationServiceRoutes } from "./vendor-organization-services.ts";
import { vendorProfileRoutes } from "./vendor-profile.ts";
import { unitCountPath, vendorUnitCountRoutes } from "./vendor-unit-counts.ts";

interface Gate {
  world: SandboxWorld;
  vendorKey: string;
  faults: FaultInjector;
  limit: RateLimit;
  timers: Timers;
}

interface Arrival {
  request: IncomingMessage;
  url: URL;
  match: Match<VendorRoute> | undefined;
  fate: Fate;
  admitted: boolean;
  text: string;
}

const tooMany = (retryAfterSeconds: number | undefined): Reply => ({
  ...refusalReply(429, "Too Many Requests"),
  ...(retryAfterSeconds === undefined ? {} : { headers: { "retry-after": String(retryAfterSeconds) } }),
});

const refusalOf = ({ fate, admitted }: Arrival): Reply | undefined => {
  if (!admitted || fate.kind === "429") return tooMany(fate.retryAfterSeconds);
  if (fate.kind === "401") return refusalReply(401, "Unauthorized");
  if (fate.kind === "403") return refusalReply(403, "Forbidden");
  if (fate.kind === "500") return refusalReply(500, "Internal server error");
  return undefined;
};

/** Only a body that says that it is JSON is read as such; any other counts as none. */
const bodyOf = ({ request, text }: Arrival): unknown =>
  request.headers["content-type"]?.toLowerCase().startsWith("application/json") ? parseJson(text) : undefined;

const loggedBody = z.object({
  accountId: z.string().nullable().catch(null),
  unitCount: z.number().nullable().catch(null),
});

/** The way in to the vendor API: faults, rate limit, credential, route, and the log of counts. */
export const vendorGate = ({ world, vendorKey, faults, limit, timers }: Gate) => {
  const find = router([
    ...vendorUnitCountRoutes(world),
    ...vendorProfileRoutes(world),
    ...vendorConnectionRoutes(world),
    ...vendorAccountRoutes(world),
    ...vendorOrganizationServiceRoutes(world),
  ]);
  const answers = new Map<number, number>();
  const credentialOf = ({ request }: Arrival) =>
    organizationOf(world.store, vendorKey, request.headers["gradient-token"]);

  /** The first call with a key shows that the vendor has it. */
  const noteUse = (organization: Organization | undefined): Organization | undefined => {
    if (!organization || organization.isKeyUsed) return organization;
    const used = { ...organization, isKeyUsed: true };
    world.store.commit(put("organizations", used));
    return used;
  };

  const run = (arrival: Arrival): Reply => {
    const { request, url, match } = arrival;
    const refusal = refusalOf(arrival);
    if (refusal) return refusal;
    const method = request.method ?? "";
    if (!match) throw new Refusal(404, `Cannot ${method} ${url.pathname}`);
    const organization = noteUse(credentialOf(arrival));
    if (!organization) throw new Refusal(401, "Unauthorized");
    const call = {
      method,
      path: url.pathname,
      params: match.params,
      query: url.searchParams,
      headers: request.headers,
    };
    return match.route.run({ ...call, body: bodyOf(arrival) }, organization);
  };

  const log = (arrival: Arrival, status: number) => {
    const organization = credentialOf(arrival);
    if (arrival.match?.route.path !== unitCountPath || !organization) return;
    let body: z.infer<typeof loggedBody> | undefined;
    try {
      body = loggedBody.safeParse(bodyOf(arrival)).data;
    } catch {
      // not JSON; its refusal is logged without a body
    }
    world.calls.add({
      organizationId: organization.id,
      at: timeOf(world),
      accountId: body?.accountId ?? null,
      serviceId: arrival.match.params.get("serviceId") ?? "",
      unitCount: body?.unitCount ?? null,
      noBuild: arrival.url.searchParams.get("no_build") === "true",
      status,
      fault: arrival.fate.kind === "none" ? null : arrival.fate.kind,
    });
  };

  const answer = (arrival: Arrival): Reply => {
    let reply: Reply;
    try {
      reply = run(arrival);
    } catch (error) {
      reply = replyToError(error);
    }
    answers.set(reply.status, (answers.get(reply.status) ?? 0) + 1);
    log(arrival, reply.status);
    return reply;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const match = find(request.method ?? "", url.pathname);
    // Fate and limit are decided on arrival, before anything is waited for: the limit is on requests, not on answers.
    const fate = faults.next(match?.route.path === unitCountPath);
    const admitted = fate.kind === "429" || limit.admit();
    if (fate.kind === "reset") {
      if (fate.delayMs > 0) await timers.sleep(fate.delayMs);
      request.socket.destroy();
      return;
    }
    const arrival = { request, url, match, fate, admitted, text: await readBody(request) };
    if (fate.delayMs > 0) await timers.sleep(fate.delayMs);
    if (fate.kind === "land-late") {
      request.socket.destroy();
      timers.later(fate.landsAfterMs, () => answer(arrival));
      return;
    }
    const reply = answer(arrival);
    if (fate.kind === "answer-lost") request.socket.destroy();
    else send(response, reply);
  };

  return { handle, answers };
};
