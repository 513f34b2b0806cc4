import type { Page } from "playwright-core";
import * as z from "zod";
import { eventually } from "#test/system/hub-session";
import type { RunningSystem } from "#test/system/local-system";

const organizations = z.object({ items: z.array(z.object({ organizationId: z.string(), name: z.string() })) });

const organization = z.object({ accounts: z.array(z.unknown()), services: z.array(z.unknown()) });

/** What the people of an organization do in Gradient, done by a program. */
export const gradientPeople = async ({ endpoints: { gradient } }: RunningSystem, name: string) => {
  const root = `${gradient}/_partner/organizations`;
  const { items } = organizations.parse(await (await fetch(root)).json());
  const id = items.find((one) => one.name === name)?.organizationId ?? "";
  const post = async (path: string, body: unknown): Promise<unknown> =>
    (
      await fetch(`${root}/${id}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      })
    ).json();
  return {
    id,
    generateKey: async () => z.object({ partnerToken: z.string() }).parse(await post("/keys", {})).partnerToken,
    mapAllExcept: (exceptAccounts: string[]) =>
      post("/mappings/auto", { accounts: "all", services: "all", exceptAccounts }),
    finish: () => post("/finish", {}),
    read: async () => organization.parse(await (await fetch(`${root}/${id}`)).json()),
  };
};

/** Opens the hub's page as one of the sample's people. */
export const signInAs = async (page: Page, sub: string, screen = "/connect"): Promise<void> => {
  const { origin } = new URL(page.url());
  await page.evaluate(`sessionStorage.setItem("person", ${JSON.stringify(sub)})`);
  // the page of before would not let an address stand that its own person has not reached
  await page.goto("about:blank");
  await page.goto(`${origin}/#${screen}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
};

export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

const focused = "document.activeElement.tagName + ' ' + document.activeElement.textContent";

/** The element that has the focus, as `H2 Approve usage`, once it is the one that is waited for. */
export const untilFocused = (page: Page, what: string | RegExp): Promise<true> =>
  eventually(`the focus on ${what}`, async () => {
    const now = await page.evaluate<string>(focused);
    return (typeof what === "string" ? now === what : what.test(now)) ? true : undefined;
  });

/** An answer of the API that it would give in a situation that is hard to bring about. */
export interface Refusal {
  status: number;
  /** Only calls of this method. */
  method?: string;
  /** Only so many of them. */
  times?: number;
  code?: string;
  headers?: Record<string, string>;
  more?: object;
}

/** From now on every call of the path is answered so; answers how to end that. */
export const refuse = async (page: Page, path: string, refusal: Refusal) => {
  const { status, code, method, times = Number.POSITIVE_INFINITY, headers = {}, more = {} } = refusal;
  let left = times;
  const matches = (url: URL) => url.pathname.endsWith(path);
  const isMeant = (asked: string) => asked !== "OPTIONS" && (method ?? asked) === asked && left-- > 0;
  await page.route(matches, (route, request) =>
    !isMeant(request.method())
      ? route.continue()
      : route.fulfill({
          status,
          contentType: "application/problem+json",
          headers: {
            "access-control-allow-origin": "*",
            "access-control-expose-headers": "retry-after",
            ...headers,
          },
          body: JSON.stringify({ status, code, detail: "As it says of itself.", requestId: "request-1", ...more }),
        }),
  );
  return () => page.unroute(matches);
};
