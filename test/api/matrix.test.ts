import { describe, expect, it } from "vitest";
import type { Described } from "#api/problems";
import { routes } from "#api/routes";
import { role } from "#shared/lambda/http/caller";
import { keyOf } from "#shared/lambda/http/route";
import { goodCalls } from "#test/builders/good-calls";
import { hubApi } from "#test/builders/hub-api";
import { everyRow } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";

const all: readonly Described[] = routes;
const keys = all.map(({ route }) => keyOf(route));
const ofPeople = all.filter(({ route }) => typeof route.callers !== "string");
// a run that calls nobody is for every role, any other is not: the body decides
const startExport = "POST /v1/integrations/gradient/exports";
const mayCall = ({ route: { callers, ...declared } }: Described, name: (typeof role.options)[number]): boolean =>
  keyOf(declared) === startExport ? name === "owner" || name === "full_admin" : callers.includes(name);

/** A connected partner's API with a run in its history; another partner's people are `org-2`. */
const connected = async () => {
  const world = serviceWorld();
  await world.addService("dns");
  await world.addCustomer("a");
  await world.connect();
  const api = hubApi(world);
  const state = () => everyRow(world.table).filter(({ sk }) => sk !== "calls");
  const before = state();
  return { ...api, unchanged: () => expect(state()).toEqual(before) };
};

it("knows a good request for every route", () => {
  expect(Object.keys(goodCalls).sort()).toEqual([...keys].sort());
});

describe.each(ofPeople.map((described) => [keyOf(described.route), described] as const))(
  "%s",
  (routeKey, described) => {
    const good = { routeKey, ...goodCalls[routeKey] };

    it.each(role.options)("lets a %s in as it is declared, and changes nothing otherwise", async (name) => {
      const { asPerson, unchanged } = await connected();

      const { status, body } = await asPerson({ ...good, person: { role: name } });

      if (mayCall(described, name)) expect(body?.code ?? "taken").not.toBe("role.not-allowed");
      else {
        expect({ status, code: body.code }).toEqual({ status: 403, code: "role.not-allowed" });
        unchanged();
      }
    });

    it("shows another partner nothing of this one", async () => {
      const { asPerson } = await connected();

      const { body } = await asPerson({ ...good, person: { org_id: "org-2" } });

      expect(JSON.stringify(body ?? {})).not.toMatch(/org-1\b|Customer a|Example MSP|Ada Admin/);
    });

    it("is nothing for the hub's back office", async () => {
      const { asPerson, unchanged } = await connected();

      const { status, body } = await asPerson({ ...good, person: { org_id: "", role: "", scope: "hub.feed" } });

      expect({ status, code: body.code }).toEqual({ status: 403, code: "identity.incomplete" });
      unchanged();
    });
  },
);

it("lets every role ask for a dry run", async () => {
  for (const name of role.options) {
    const { asPerson } = await connected();
    const asked = { routeKey: startExport, body: { mode: "dry-run" }, person: { role: name } };
    expect(await asPerson(asked)).toMatchObject({ status: 202, body: { mode: "dry-run" } });
  }
});
