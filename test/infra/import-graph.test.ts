import path from "node:path";
import { describe, expect, it } from "vitest";
import { anImport, circleOf, type Import, importsOfSources } from "./imports.ts";

/** What a file or a package is: the first that fits. */
const kinds = [
  ["handler", /^functions\/[^/]+\/handler\.ts$/],
  ["entry", /^functions\/[^/]+\/(endpoint|worker|job)\.ts$/],
  ["route", /^functions\/[^/]+\/(route|[a-z]+-routes|([a-z]+-)?replies)\.ts$/],
  ["API", /^api\//],
  ["client", /^client\//],
  ["environment", /^(functions\/[^/]+\/env|shared\/lambda\/[^/]+-env)\.ts$/],
  ["use case", /^functions\//],
  ["door", /^shared\/lambda\//],
  ["wiring", /^shared\/wiring\//],
  ["adapter", /^shared\/[^/]+\/((dynamo|sqs|ses|secrets-manager|https)-[^/]+|system-clock)\.ts$/],
  ["adapter", /^shared\/(gradient\/gradient-(client|answers|requests)|table\/table-client|secrets\/secret-text)\.ts$/],
  ["noun", /^shared\/[^/]+\//],
  ["ground", /^shared\//],
  ["infra", /^infra\//],
  ["page part", /^local\/page-parts\//],
  ["page", /^local\/[^/]+\/page\//],
  ["local", /^local\//],
  ["test", /^test\//],
  ["AWS client", /^(@aws-sdk\/client-|@smithy\/)/],
  ["Lambda", /^(aws-lambda|@middy\/.+)$/],
  ["item format", /^@aws-sdk\/util-dynamodb$/],
  // reaches nothing outside of the process
  ["pure", /^(zod|node:crypto|node:zlib|node:util|node:async_hooks)$/],
  ["Node", /^node:/],
  ["technology", /./],
] as const;
type Kind = (typeof kinds)[number][0];

/** Who may import what. `import type` counts as any other import. */
const mayImport: Partial<Record<Kind, { kinds: Kind[]; because: string }>> = {
  handler: {
    kinds: [
      "entry",
      "use case",
      "environment",
      "door",
      "wiring",
      "adapter",
      "noun",
      "ground",
      "AWS client",
      "Lambda",
      "pure",
    ],
    because: "a handler wires its function out of what shared/ offers",
  },
  wiring: {
    kinds: ["wiring", "environment", "adapter", "noun", "ground", "AWS client", "pure"],
    because: "a wiring is a part of several handlers, and knows none of their functions",
  },
  entry: {
    kinds: ["route", "use case", "door", "noun", "ground", "pure"],
    because: "an entry asks a door, nouns and its use case; only a handler wires adapters",
  },
  route: { kinds: ["route", "door", "noun", "ground", "pure"], because: "a route is data about nouns" },
  API: {
    kinds: ["API", "route", "door", "ground", "pure", "Node", "technology"],
    because: "the description of the API knows its routes, and nothing of what answers them",
  },
  environment: { kinds: ["environment", "ground", "pure"], because: "an environment is a schema and nothing else" },
  "use case": {
    kinds: ["use case", "noun", "ground", "pure"],
    because: "a use case knows nouns and their ports, no door and no technology",
  },
  noun: { kinds: ["noun", "ground", "pure"], because: "a noun knows no technology, no door and no function" },
  adapter: {
    kinds: ["adapter", "noun", "ground", "AWS client", "item format", "pure", "Node", "technology"],
    because: "an adapter knows its technology and the noun whose port it fills",
  },
  door: {
    kinds: ["door", "environment", "ground", "Lambda", "item format", "pure"],
    because: "a door knows no noun and no AWS client",
  },
  ground: { kinds: ["ground", "pure"], because: "what lies loose in shared/ stands below everything" },
  infra: {
    kinds: ["infra", "API", "route", "environment", "door", "pure", "Node", "technology"],
    because: "the stack knows routes, borrows types, and runs no code of ours",
  },
  client: { kinds: ["client", "API", "door"], because: "whoever calls the API borrows the types of its routes" },
  "page part": {
    kinds: ["page part", "technology"],
    because: "a part of a page knows no page and nothing that runs elsewhere",
  },
  page: {
    kinds: ["page", "page part", "client", "API", "local", "technology"],
    because: "a page runs in a browser: it knows its parts and the client, and borrows types",
  },
  local: {
    kinds: ["local", "client", "pure", "Node", "technology"],
    because: "the local system runs the template and knows no source",
  },
};

const kindOf = (target: string): Kind => kinds.find(([, path]) => path.test(target))?.[0] ?? "technology";
/** A page is one thing, however many folders its screens are in: it loads each screen, which uses its parts. */
const pageOf = (target: string) => /^local\/[^/]+\/page\//.exec(target)?.[0];
const functionOf = (target: string) => /^functions\/[^/]+\//.exec(target)?.[0];

/** Why an import is refused; undefined where it is fine. */
const complaint = (one: Import): string | undefined => {
  const from = kindOf(one.file);
  const to = kindOf(one.target);
  const rule = mayImport[from];
  const own = functionOf(one.file);
  if (rule && !rule.kinds.includes(to)) return rule.because;
  if (own && functionOf(one.target) && own !== functionOf(one.target)) return "a function knows no other function";
  if (own && one.source.startsWith("../")) return "a path climbs by its alias, #functions/…";
  const borrowed = to === "environment" || to === "door";
  if (from === "infra" && borrowed && !one.typeOnly) return "the stack borrows types, and no code";
  const lent = to === "local" || to === "API" || (to === "page" && pageOf(one.file) !== pageOf(one.target));
  if (from === "page" && lent && !one.typeOnly) return "a page borrows types, and no code";
  if (from === "client" && to !== "client" && !one.typeOnly) return "a client borrows types, and no code";
  if (from !== "adapter" || to !== "adapter") return undefined;
  return path.dirname(one.file) === path.dirname(one.target) ? undefined : "an adapter knows no adapter elsewhere";
};

/**
 * A folder is one node; a file that lies loose beside folders is a node of its own. Tests: a folder with all below it.
 */
const folderOf = (file: string) => {
  const page = pageOf(file);
  if (page !== undefined) return page;
  const folders = file.split("/").slice(0, -1);
  if (folders.length < 2) return file;
  return (folders[0] === "test" ? folders.slice(0, 2) : folders).join("/");
};
const told = ({ file, source }: Import) => `${file} → ${source}`;

describe("the sources", () => {
  const imports = importsOfSources();

  it("import only what their layer may know", () => {
    const refused = imports.map((one) => ({ one, reason: complaint(one) })).filter(({ reason }) => reason);
    expect(refused.map(({ one, reason }) => `${told(one)}: ${reason}`)).toEqual([]);
    expect(imports.length).toBeGreaterThan(1000);
    expect(imports.filter(({ file }) => file.endsWith(".tsx")).length).toBeGreaterThan(50);
  });

  it("have no folders that import one another in a circle", () => {
    expect(circleOf(imports, folderOf).map(told)).toEqual([]);
  });

  it("have no files that import one another in a circle, outside of the tests", () => {
    const ours = imports.filter(({ file }) => !file.startsWith("test/"));
    expect(circleOf(ours, (file) => file).map(told)).toEqual([]);
  });
});

describe("an import", () => {
  const useCase = "functions/put-thing/put-thing.ts";
  it.each([
    ["functions/put-thing/handler.ts", "#functions/put-other/put-other"],
    ["functions/put-thing/handler.ts", "../put-other/put-other.ts"],
    ["functions/put-thing/handler.ts", "#infra/stages"],
    ["functions/put-thing/handler.ts", "#local/start"],
    ["functions/put-thing/handler.ts", "#test/fakes/in-memory-table"],
    ["functions/put-thing/endpoint.ts", "@aws-sdk/client-sqs"],
    ["functions/put-thing/endpoint.ts", "#shared/table/dynamo-table"],
    ["functions/put-thing/worker.ts", "#shared/gradient/gradient-client"],
    ["functions/put-thing/job.ts", "@middy/core"],
    ["functions/put-thing/env.ts", "@aws-sdk/client-dynamodb"],
    [useCase, "@aws-sdk/client-dynamodb"],
    [useCase, "@aws-sdk/util-dynamodb"],
    [useCase, "aws-lambda"],
    [useCase, "node:https"],
    [useCase, "#shared/lambda/http-endpoint"],
    [useCase, "#shared/mail/ses-mailer"],
    [useCase, "./endpoint.ts"],
    ["functions/put-thing/deep/step.ts", "../put-thing.ts"],
    ["functions/put-thing/deep/step.ts", "#functions/put-other/put-other"],
    ["functions/put-thing/deep/step.ts", "#shared/table/table-client"],
    ["shared/partners/partner.ts", "@aws-sdk/client-dynamodb"],
    ["shared/partners/partner.ts", "node:fs"],
    ["shared/partners/partner.ts", "../table/dynamo-table.ts"],
    ["shared/partners/partner.ts", "../lambda/http-endpoint.ts"],
    ["shared/partners/partner.ts", "#functions/put-thing/put-thing"],
    ["shared/partners/partner.ts", "../../local/start.ts"],
    ["shared/mail/ses-mailer.ts", "../table/dynamo-table.ts"],
    ["shared/mail/ses-mailer.ts", "aws-lambda"],
    ["shared/lambda/http/http-endpoint.ts", "../../partners/partner.ts"],
    ["shared/lambda/http/http-endpoint.ts", "@aws-sdk/client-sqs"],
    ["shared/errors.ts", "./partners/partner.ts"],
    ["infra/constructs/parts/storage.ts", "#functions/put-thing/put-thing"],
    ["infra/constructs/parts/storage.ts", "#functions/put-thing/env"],
    ["infra/constructs/parts/storage.ts", "#shared/lambda/http-endpoint"],
    ["functions/put-thing/route.ts", "./put-thing.ts"],
    ["api/routes.ts", "#functions/put-thing/endpoint"],
    ["client/api-client.ts", "#api/routes"],
    ["client/api-client.ts", "zod"],
    ["infra/constructs/parts/storage.ts", "../../../shared/partners/partner.ts"],
    ["local/start.ts", "#shared/partners/partner"],
    ["local/start.ts", "#test/fakes/in-memory-table"],
    ["local/start.ts", "./hub-ui/page/hub.tsx"],
    ["local/hub-ui/page/hub.tsx", "node:fs"],
    ["local/hub-ui/page/hub.tsx", "node:crypto"],
    ["local/hub-ui/page/hub.tsx", "zod"],
    ["local/hub-ui/page/hub.tsx", "#shared/usage/outcome"],
    ["local/hub-ui/page/hub.tsx", "#api/routes"],
    ["local/hub-ui/page/hub.tsx", "../hub-ui.ts"],
    ["local/hub-ui/page/hub.tsx", "../../gradient-sandbox/page/sandbox.tsx"],
    ["local/page-parts/notice.tsx", "../hub-ui/page/hub.tsx"],
    ["local/page-parts/notice.tsx", "#client/api-client"],
  ])("is refused where %s asks for %s", (file, source) => {
    expect(complaint(anImport(file, source))).toBeDefined();
  });

  it.each([
    ["functions/put-thing/handler.ts", "@aws-sdk/client-dynamodb"],
    ["functions/put-thing/handler.ts", "#shared/table/table-client"],
    ["functions/put-thing/endpoint.ts", "#shared/lambda/http-endpoint"],
    ["functions/put-thing/env.ts", "#shared/lambda/table-env"],
    ["functions/put-thing/route.ts", "#shared/lambda/route"],
    ["functions/put-thing/endpoint.ts", "./route.ts"],
    ["infra/constructs/parts/storage.ts", "#functions/put-thing/route"],
    [useCase, "./deep/step.ts"],
    ["functions/put-thing/deep/step.ts", "#functions/put-thing/put-thing"],
    [useCase, "#shared/gradient/gradient-api"],
    ["shared/partners/partner.ts", "../table/table.ts"],
    ["shared/mail/ses-mailer.ts", "@aws-sdk/client-ses"],
    ["shared/lambda/http/http-endpoint.ts", "@middy/core"],
    ["shared/lambda/gradient-env.ts", "./table-env.ts"],
    ["infra/constructs/parts/storage.ts", "aws-cdk-lib"],
    ["local/start.ts", "#local/ports"],
    ["local/hub-ui/page/hub.tsx", "../../page-parts/notice.tsx"],
    ["local/hub-ui/page/hub.tsx", "#client/api-client"],
    ["local/hub-ui/page/hub.tsx", "./screens/wizard.tsx"],
    ["local/hub-ui/page/hub.tsx", "react"],
    ["test/shared/partner.test.ts", useCase],
  ])("is welcome where %s asks for %s", (file, source) => {
    expect(complaint(anImport(file, source))).toBeUndefined();
  });

  it("lets a page borrow the types of what it calls, and of nothing in shared/", () => {
    const page = "local/gradient-sandbox/page/sandbox.tsx";
    expect(complaint(anImport(page, "../cards.ts", true))).toBeUndefined();
    expect(complaint(anImport("local/hub-ui/page/hub.tsx", "#api/routes", true))).toBeUndefined();
    expect(complaint(anImport(page, "#shared/usage/outcome", true))).toBeDefined();
  });

  it("lets the stack borrow the type of an environment", () => {
    expect(complaint(anImport("infra/constructs/parts/storage.ts", "#functions/put-thing/env", true))).toBeUndefined();
    expect(complaint(anImport("infra/constructs/parts/storage.ts", "#shared/partners/partner", true))).toBeDefined();
  });
});

it("finds the imports that go round, and none where all lead down", () => {
  const down = [anImport("shared/a/x.ts", "#shared/b/x"), anImport("shared/b/x.ts", "#shared/c/x")];
  const within = anImport("shared/c/x.ts", "./y.ts");
  const back = anImport("shared/c/y.ts", "#shared/b/y");
  expect(circleOf([...down, within], folderOf)).toEqual([]);
  expect(circleOf([...down, within, back], folderOf)).toEqual([down[1], back]);
  // the folders go round, and no file does
  expect(circleOf([...down, within, back], (file) => file)).toEqual([]);
});
