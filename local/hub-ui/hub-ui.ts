import { originsOf } from "../door.ts";
import { type LocalServer, listenLocally, sendJson } from "../http-server.ts";
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
      sendJson(response, 200, { api, gradient, mailbox, issuer, people: samplePeople });
      return;
    }
    response.writeHead(404, { "content-type": "text/plain" }).end("Not found\n");
  }, port);
};
