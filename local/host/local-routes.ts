import type { RequestListener } from "node:http";
import type { Door } from "#local/http/door";
import { sendJson } from "#local/http/http-server";
import type { Schedules } from "./schedules.ts";

const isLocal = (url = "/"): boolean => url.startsWith("/_local/");

/** The API's own routes ask for an identity or a signature, which no page sends without a preflight. */
export const apiDoor = (pages: ReadonlySet<string>): Door => ({
  pages,
  takesAnyBody: ({ url }) => !isLocal(url),
});

/** What only exists on this machine, in front of the API: the schedules, to look at and to fire. */
export const localRoutes =
  (schedules: Schedules, api: RequestListener): RequestListener =>
  async (request, response) => {
    const { method, url = "/" } = request;
    if (!isLocal(url)) {
      api(request, response);
      return;
    }
    if (method === "GET" && url === "/_local/schedules") {
      sendJson(response, 200, { items: schedules.list() });
      return;
    }
    const name = /^\/_local\/schedules\/([\w.-]+)\/run$/.exec(url)?.[1];
    const run = method === "POST" && name !== undefined ? await schedules.run(name) : undefined;
    if (run === undefined) {
      const known = schedules.list().map((schedule) => schedule.name);
      sendJson(response, 404, { message: "Not Found", schedules: known });
      return;
    }
    sendJson(response, run.outcome === "succeeded" ? 200 : 502, { name, ...run });
  };
