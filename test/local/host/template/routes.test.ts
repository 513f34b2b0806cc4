import { describe, expect, it } from "vitest";
import { type Route, router } from "#local/host/template/routes";

const find = router(
  [
    "GET /things",
    "GET /things/{id}",
    "GET /things/special",
    "ANY /things/{id}",
    "GET /things/{id}/parts/{part}",
    "GET /files/{path+}",
    "GET /files/fixed",
  ].map(
    (routeKey): Route => ({ routeKey, functionName: "f", integrationTimeoutMs: 1, authorizer: undefined, scopes: [] }),
  ),
);
const keyFor = (method: string, path: string) => find(method, path)?.route.routeKey;

describe("the most specific route wins", () => {
  it.each([
    ["GET", "/things", "GET /things"],
    ["GET", "/things/7", "GET /things/{id}"],
    ["GET", "/things/special", "GET /things/special"],
    ["DELETE", "/things/special", "ANY /things/{id}"],
    ["GET", "/things/7/parts/8", "GET /things/{id}/parts/{part}"],
    ["GET", "/files/a/b/c", "GET /files/{path+}"],
    ["GET", "/files/fixed", "GET /files/fixed"],
    ["GET", "/things/", undefined],
    ["GET", "/things/7/parts", undefined],
    ["GET", "/", undefined],
    ["POST", "/things", undefined],
  ])("%s %s", (method, path, expected) => {
    expect(keyFor(method, path)).toBe(expected);
  });

  it("decodes parameters, an encoded slash too", () => {
    expect(find("GET", "/things/a%2Fb%20c/parts/%C4%8D")?.pathParameters).toEqual({ id: "a/b c", part: "č" });
    expect(find("GET", "/files/a%20/b")?.pathParameters).toEqual({ path: "a /b" });
    expect(() => find("GET", "/things/%zz")).toThrow(URIError);
  });
});
