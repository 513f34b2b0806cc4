import { expect, it } from "vitest";
import { apiClient } from "#client/api-client";

const base = "/v1/integrations/gradient";

/** Answers each call with `answer` and keeps what was asked. */
const anApi = (answer: () => Response) => {
  const asked: { url: string; method: string | undefined; headers: Headers; body: unknown }[] = [];
  const fake: typeof fetch = async (url, { method, headers, body } = {}) => {
    asked.push({ url: String(url), method, headers: new Headers(headers), body });
    return answer();
  };
  return { asked, call: apiClient({ api: "https://api.example", accessToken: () => "jwt", fetch: fake }) };
};

it("puts names into the path, leaves out what is not given, and sends JSON", async () => {
  const { call, asked } = anApi(() => Response.json({ items: [], nextCursor: null }));

  await call(`GET ${base}/exports/{exportId}/lines`, {
    path: { exportId: "a/b?c" },
    query: { cursor: undefined, outcome: "unmapped" },
  });
  await call(`PUT ${base}/token`, { body: { partnerToken: "a token" } });

  expect(asked[0]?.url).toBe(`https://api.example${base}/exports/a%2Fb%3Fc/lines?outcome=unmapped`);
  expect(asked[0]?.headers.get("authorization")).toBe("Bearer jwt");
  expect(asked[0]?.headers.has("content-type")).toBe(false);
  expect(asked[1]).toMatchObject({ method: "PUT", body: '{"partnerToken":"a token"}' });
  expect(asked[1]?.headers.get("content-type")).toBe("application/json");
});

it("hands a refusal over as a value, with its code", async () => {
  const { call } = anApi(() => Response.json({ code: "token.in-use", detail: "In use." }, { status: 409 }));

  expect(await call(`PUT ${base}/token`, { body: { partnerToken: "a token" } })).toMatchObject({
    ok: false,
    status: 409,
    problem: { code: "token.in-use", detail: "In use.", status: 409 },
  });
});

it("reads API Gateway's own answers, and answers without a body", async () => {
  expect(
    await anApi(() => Response.json({ message: "Unauthorized" }, { status: 401 })).call(`GET ${base}`, {}),
  ).toMatchObject({
    ok: false,
    problem: { code: "", detail: "Unauthorized" },
  });
  const { call } = anApi(() => new Response(null, { status: 304 }));
  expect(await call(`GET ${base}`, { headers: { "if-none-match": '"tag"' } })).toMatchObject({ ok: true, status: 304 });
});

it("does not compile with what a route does not take", () => {
  const { call } = anApi(() => Response.json({}));
  const wrong = [
    // @ts-expect-error a token is a text
    () => call(`PUT ${base}/token`, { body: { partnerToken: 7 } }),
    // @ts-expect-error there is no such route
    () => call(`GET ${base}/secrets`, {}),
    // @ts-expect-error the path has a name
    () => call(`GET ${base}/exports/{exportId}`, {}),
    // @ts-expect-error there is no such outcome
    () => call(`GET ${base}/exports/{exportId}/lines`, { path: { exportId: "e" }, query: { outcome: "lost" } }),
  ];
  expect(wrong).toHaveLength(4);
});
