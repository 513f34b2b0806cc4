import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { description, descriptionFile } from "#api/description";
import { jsonSchemas } from "#api/json-schemas";
import { openApi } from "#api/openapi";
import type { Described } from "#api/problems";
import { routes } from "#api/routes";
import { keyOf } from "#shared/lambda/http/route";
import { mailAddress } from "#shared/mail-address";
import { wordOf } from "#shared/wire";

const all: readonly Described[] = routes;

it("docs/openapi.yaml is what the declarations say: run `npm run openapi`", () => {
  expect(readFileSync(descriptionFile, "utf8")).toBe(description());
});

describe("the description", () => {
  const { paths, components } = openApi(routes);

  it("has every route once, under an id of its own", () => {
    const ids = all.map(({ docs }) => docs().id);
    expect(new Set(ids).size).toBe(ids.length);
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(all.map(({ route }) => keyOf(route)).sort());
  });

  it("says which parts of a query a caller has to give", () => {
    const { parameters } = z
      .object({ parameters: z.array(z.looseObject({ name: z.string(), required: z.boolean() })) })
      .parse(paths["/v1/integrations/gradient/mapping/items"]?.get);
    expect(parameters.map(({ name, required }) => [name, required])).toEqual([
      ["kind", true],
      ["status", false],
      ["cursor", false],
    ]);
  });

  it("lets nobody send as an address what could not be one", () => {
    const pattern = new RegExp(String(jsonSchemas().of(mailAddress, "input").pattern), "u");
    const takes = (text: string) => [pattern.test(text), mailAddress.safeParse(text).success];
    for (const good of ["a@msp.example", " a.b+c@bücher.example ", "o'neil@msp.example"]) {
      expect([good, ...takes(good)]).toEqual([good, true, true]);
    }
    for (const bad of ["", "a", "@msp.example", "a@", "jürgen@msp.example", "a@b@c.example"]) {
      expect([bad, ...takes(bad)]).toEqual([bad, false, false]);
    }
  });

  it("has only references that lead somewhere", () => {
    const references = [...JSON.stringify(paths).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(references.length).toBeGreaterThan(100);
    expect([...new Set(references)].filter((name) => !(String(name) in components.schemas))).toEqual([]);
  });
});

describe.each(all.map((described) => [keyOf(described.route), described] as const))("%s", (_, { route, docs }) => {
  const { example, items = {}, body, replies } = docs();

  it("has an example of its body that it would take", () => {
    const schema = body ?? route.request.shape.body;
    if (schema === undefined || schema.safeParse(undefined).success) return;
    expect(schema.safeParse(example)).toMatchObject({ success: true });
    for (const [name, record] of Object.entries(items)) {
      const records = z.record(z.string(), z.array(z.unknown())).parse(example)[name] ?? [];
      for (const one of records) expect(record.safeParse(one)).toMatchObject({ success: true });
    }
  });

  it("has examples of its answers that fit", () => {
    for (const { body: reply, example: shown } of Object.values(replies)) {
      if (shown !== undefined) expect(reply?.safeParse(shown)).toMatchObject({ success: true });
      const { examples = [] } = z.object({ examples: z.array(z.unknown()).optional() }).parse(reply?.meta() ?? {});
      for (const one of examples) expect(reply?.safeParse(one)).toMatchObject({ success: true });
    }
  });
});

describe("a schema", () => {
  it("of a word lets others pass, and names those that are known", () => {
    expect(jsonSchemas().of(wordOf("a", "b"), "output")).toEqual({
      anyOf: [{ type: "string", enum: ["a", "b"] }, { type: "string" }],
    });
  });

  it("may not share its id with one that reads another way", () => {
    const { of } = jsonSchemas();
    const withDefault = z.object({ mode: z.string().default("changes") }).meta({ id: "Twice" });
    of(withDefault, "input");
    expect(() => of(withDefault, "output")).toThrow("Two schemas are called Twice.");
  });
});
