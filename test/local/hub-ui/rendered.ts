import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createElement, type FunctionComponent } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { type Session, SessionProvider } from "#local/hub-ui/page/session";
import type { Integration } from "#local/hub-ui/page/states";

interface Somebody {
  /** Who may not change things, sees what there is. */
  mayChange?: boolean;
  /** What has been read before: the asked parameters and the body of each route. */
  answers?: readonly (readonly [route: string, asked: object, body: object])[];
}

/** A part of the page as somebody gets it. */
export const rendered = <Props extends object>(
  part: FunctionComponent<Props>,
  props: Props,
  { mayChange = true, answers = [] }: Somebody = {},
): string => {
  const client = new QueryClient();
  const value = { mayChange, person: { org_id: "org-1001" } } as Session;
  for (const [route, asked, body] of answers) client.setQueryData([value.person.org_id, route, asked], body);
  const within = createElement(SessionProvider, { value }, createElement(part, props));
  return renderToStaticMarkup(createElement(QueryClientProvider, { client }, within));
};

/** Of all that the API tells of it, what most parts go by. */
export const integrationWith = ({
  state = "active",
  waiting = null,
  problems = [],
}: object & Record<string, unknown>): Integration =>
  ({ state, problems, exports: { last: null, runningId: null, waiting, nextRunAt: null } }) as unknown as Integration;
