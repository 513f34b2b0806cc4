import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { keepDoor, noPages } from "../http/door.ts";
import { lazyBundle } from "../pages/bundle-page.ts";
import { servePage } from "../pages/serve-page.ts";
import { replyToError, send } from "./calls/exchange.ts";
import { faultInjector } from "./calls/faults.ts";
import { rateLimit } from "./calls/rate-limit.ts";
import { partnerGate } from "./partner/partner-gate.ts";
import { vendorGate } from "./vendor/vendor-gate.ts";
import { sandboxBehaviour } from "./world/behaviour.ts";
import { callLog } from "./world/call-log.ts";
import { mappingWebhook, type WebhookTarget } from "./world/mapping-webhook.ts";
import { newId } from "./world/records.ts";
import { openStateStore, put, type StateStore } from "./world/state-store.ts";
import { timers } from "./world/timers.ts";
import { viewRebuilds } from "./world/view-rebuilds.ts";

export interface GradientSandboxOptions {
  /** 0 takes any free one. */
  port: number;
  /** Made when missing, its folder too. */
  stateFile: string;
  vendorKey: string;
  /** Where to tell that a partner finished mapping; without it nothing is told. */
  webhook?: WebhookTarget;
  /** What the page for people links to. The mailbox is asked for each time: it starts beside the sandbox. */
  portal?: { hubUi?: string; mailbox?: () => string };
  now?: () => number;
}

export interface GradientSandbox {
  /** Without a path: the vendor API is at `${url}/api/vendor-api`. */
  url: string;
  close(): Promise<void>;
}

const host = "127.0.0.1";

const answersPage = servePage({
  title: "Gradient sandbox",
  bundle: lazyBundle("local/gradient-sandbox/page/main.tsx"),
  calls: () => [],
});

const listen = (server: Server, port: number) =>
  new Promise<number>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} is taken, so the Gradient sandbox cannot start: free it or choose another.`)
          : error,
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });

const createVendor = (store: StateStore, at: string, hubUi: string | undefined) => {
  const portal = hubUi === undefined ? {} : { integrationPortalUrl: hubUi };
  const vendor = {
    id: newId(),
    name: "Secure MSP Hub",
    description: "An MSP hub",
    ...portal,
    createdAt: at,
    updatedAt: at,
  };
  store.commit(put("vendor", vendor));
};

/** Starts an imitation of Gradient on this machine; see README.md beside this file for what it offers. */
export const startGradientSandbox = async (options: GradientSandboxOptions): Promise<GradientSandbox> => {
  const nowMs = options.now ?? Date.now;
  const hubUi = options.portal?.hubUi;
  const store = openStateStore(options.stateFile);
  if (store.read.vendor.size === 0) createVendor(store, new Date(nowMs()).toISOString(), hubUi);

  const clocks = timers();
  const faults = faultInjector();
  // a clock without jumps and with fractions of a millisecond: whole ones would let a second be up to 1 ms short
  const limit = rateLimit(100, 1000, options.now ?? (() => performance.now()));
  const behaviour = sandboxBehaviour();
  const world = {
    behaviour,
    store,
    nowMs,
    calls: callLog(),
    rebuilds: viewRebuilds({ store, nowMs, timers: clocks }),
    webhook: mappingWebhook(options.webhook, { timers: clocks, nowMs, behaviour }),
  };
  const vendor = vendorGate({ world, vendorKey: options.vendorKey, faults, limit, timers: clocks });
  const partner = partnerGate({
    world,
    faults,
    limit,
    answers: vendor.answers,
    links: () => ({ hubUi: hubUi ?? null, mailbox: options.portal?.mailbox?.() ?? null }),
  });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      // two slashes at the start would make the rest a host
      const target = (request.url ?? "/").replace(/^\/+/, "/");
      const url = URL.parse(target, `http://${host}`) ?? new URL(`http://${host}/_unreadable`);
      if (url.pathname.startsWith("/api/")) await vendor.handle(request, response, url);
      else if (!(await answersPage(request, response))) await partner(request, response, url);
    } catch (error) {
      send(response, replyToError(error));
    }
  };
  const server = createServer((request, response) => void handle(request, response));
  keepDoor(server, {
    pages: noPages,
    // a credential in a header, which no page sends without a preflight
    takesAnyBody: ({ headers }) => headers["gradient-token"] !== undefined,
  });
  // longer than clients keep idle connections, so that none is closed under a request that is just being sent
  server.keepAliveTimeout = 120_000;

  try {
    const port = await listen(server, options.port);
    world.rebuilds.resume();
    return {
      url: `http://${host}:${port}`,
      close: async () => {
        clocks.stop();
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeAllConnections();
        await closed;
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
};
