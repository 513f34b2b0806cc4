import type { IncomingMessage, ServerResponse } from "node:http";
import { parseBody, parseJson, Refusal, readBody, send } from "../calls/exchange.ts";
import { type FaultInjector, faultSettings } from "../calls/faults.ts";
import type { RateLimit } from "../calls/rate-limit.ts";
import { router } from "../calls/router.ts";
import { behaviourSettings } from "../world/behaviour.ts";
import type { PartnerRoute, SandboxWorld } from "../world/sandbox-world.ts";
import { partnerCardRoutes } from "./partner-cards.ts";
import { partnerCountRoutes } from "./partner-counts.ts";
import { partnerMappingRoutes } from "./partner-mappings.ts";
import { partnerOrganizationRoutes } from "./partner-organizations.ts";

/** What the page for people needs to know beside the state. */
export interface PageSetting {
  vendorName: string;
  hubUi: string | null;
  mailbox: string | null;
}

interface Gate {
  world: SandboxWorld;
  faults: FaultInjector;
  limit: RateLimit;
  answers: Map<number, number>;
  links: () => Omit<PageSetting, "vendorName">;
}

/** The way in to all but the vendor API: no credential, no limit, no faults. */
export const partnerGate = ({ world, faults, limit, answers, links }: Gate) => {
  const stats = () => ({ ...limit.figures(), answers: Object.fromEntries(answers) });
  const setting = (): PageSetting => ({ vendorName: world.store.read.vendor.get("vendor")?.name ?? "", ...links() });
  const routes: PartnerRoute[] = [
    { method: "GET", path: "/_partner/setting", run: () => ({ status: 200, body: setting() }) },
    { method: "GET", path: "/_partner/stats", run: () => ({ status: 200, body: stats() }) },
    {
      method: "DELETE",
      path: "/_partner/stats",
      run: () => {
        limit.resetFigures();
        answers.clear();
        return { status: 200, body: stats() };
      },
    },
    { method: "GET", path: "/_faults", run: () => ({ status: 200, body: faults.current() }) },
    {
      method: "PUT",
      path: "/_faults",
      run: ({ body }) => {
        faults.set(parseBody(faultSettings, body));
        return { status: 200, body: faults.current() };
      },
    },
    {
      method: "DELETE",
      path: "/_faults",
      run: () => {
        faults.clear();
        return { status: 200, body: faults.current() };
      },
    },
    { method: "GET", path: "/_behaviour", run: () => ({ status: 200, body: world.behaviour.current() }) },
    {
      method: "PUT",
      path: "/_behaviour",
      run: ({ body }) => {
        world.behaviour.set(parseBody(behaviourSettings, body));
        return { status: 200, body: world.behaviour.current() };
      },
    },
    {
      method: "DELETE",
      path: "/_behaviour",
      run: () => {
        world.behaviour.clear();
        return { status: 200, body: world.behaviour.current() };
      },
    },
    ...partnerOrganizationRoutes(world),
    ...partnerMappingRoutes(world),
    ...partnerCountRoutes(world),
    ...partnerCardRoutes(world),
  ];
  const find = router(routes);

  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const method = request.method ?? "";
    const text = await readBody(request);
    const match = find(method, url.pathname);
    if (!match) throw new Refusal(404, `Cannot ${method} ${url.pathname}`);
    const body = parseJson(text);
    const call = {
      method,
      path: url.pathname,
      params: match.params,
      query: url.searchParams,
      headers: request.headers,
    };
    send(response, match.route.run({ ...call, body }));
  };
};
