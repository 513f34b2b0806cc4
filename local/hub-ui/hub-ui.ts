import * as z from "zod";
import { originsOf } from "../http/door.ts";
import { type LocalServer, listenLocally, sendJson } from "../http/http-server.ts";
import { lazyBundle } from "../pages/bundle-page.ts";
import { servePage } from "../pages/serve-page.ts";
import { samplePeople } from "../sample/people.ts";

export interface HubUiLinks {
  api: string;
  gradient: string;
  mailbox: string;
  issuer: string;
}

/** A server may be called by either of its names, and the page's policy has to know them. */
const bothNames = (url: string): string[] => (url === "" ? [] : originsOf(Number(new URL(url).port)));

const bundle = lazyBundle("local/hub-ui/page/main.tsx");

const listed = z.object({ items: z.array(z.object({ organizationId: z.string(), name: z.string() })) });
const patienceMs = 1000;

/**
 * The sandbox's page of each sample organization. Nothing is known of another Gradient, which is not asked: it would be
 * somebody else's server.
 */
const gradientPages = async (gradient: string): Promise<Record<string, string>> => {
  if (URL.parse(gradient)?.hostname !== "127.0.0.1") return {};
  try {
    const reply = await fetch(`${gradient}/_partner/organizations`, { signal: AbortSignal.timeout(patienceMs) });
    const { items } = listed.parse(await reply.json());
    const pageOf = (name: string) => {
      const id = items.findLast((one) => one.name === name)?.organizationId;
      return id === undefined ? `${gradient}/` : `${gradient}/#/organizations/${encodeURIComponent(id)}`;
    };
    return Object.fromEntries(samplePeople.map(({ org_id, organization }) => [org_id, pageOf(organization)]));
  } catch {
    // the page then leads to Gradient's front door
    return {};
  }
};

/** The hub's page. `links` is asked each time: the other servers start later than this one. */
export const startHubUi = ({ port, links }: { port: number; links: () => HubUiLinks }): Promise<LocalServer> => {
  const answersPage = servePage({
    title: "Gradient · Integrations · Secure MSP Hub",
    bundle,
    calls: () => [links().api, links().issuer].flatMap(bothNames),
  });
  return listenLocally(async (request, response) => {
    if (await answersPage(request, response)) return;
    if (request.method === "GET" && request.url === "/setting.json") {
      const { api, gradient, mailbox, issuer } = links();
      const pages = await gradientPages(gradient);
      sendJson(response, 200, { api, gradient, mailbox, issuer, people: samplePeople, gradientPages: pages });
      return;
    }
    response.writeHead(404, { "content-type": "text/plain" }).end("Not found\n");
  }, port);
};
