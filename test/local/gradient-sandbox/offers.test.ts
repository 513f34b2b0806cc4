import { describe, expect, it } from "vitest";
import {
  certainOf,
  type Item,
  type Mapping,
  offersOf,
  mappingOf as shownOf,
} from "#local/gradient-sandbox/page/mapping/mapping";
import type { OrganizationDetail } from "#local/gradient-sandbox/page/sandbox-api";

const words = { one: "account", many: "accounts", psaOne: "customer", psaMany: "customers" };
const psaOf = (...names: string[]) => names.map((name) => ({ id: `psa of ${name}`, name }));
const item = (name: string, facts: Partial<Item> = {}): Item => ({
  id: name,
  name,
  psaId: null,
  excluded: false,
  isMapped: false,
  near: [],
  ...facts,
});
const near = (name: string, ...psaNames: string[]) => item(name, { near: psaOf(...psaNames) });
const mappingOf = (items: Item[], ...psaNames: string[]): Mapping => ({ items, psa: psaOf(...psaNames), words });

const toldOf = (mapping: Mapping) => offersOf(mapping).map(({ name, psaName, rival }) => [name, psaName, rival]);
const togetherOf = (mapping: Mapping) => certainOf(offersOf(mapping)).map(({ name }) => name);

describe("what is offered to be mapped", () => {
  it("may be mapped together where there is one customer to choose, and one account for it", () => {
    const mapping = mappingOf(
      [near("Elm Opticians", "ELM OPTICIANS"), item("Oak Dental")],
      "ELM OPTICIANS",
      "Oak Dental",
    );

    expect(toldOf(mapping)).toEqual([
      ["Elm Opticians", "ELM OPTICIANS", undefined],
      ["Oak Dental", "Oak Dental", undefined],
    ]);
    expect(togetherOf(mapping)).toEqual(["Elm Opticians", "Oak Dental"]);
  });

  it("is looked at one by one where another account is mapped to the customer already", () => {
    const taken = item("Northgate", { psaId: "psa of Northgate", isMapped: true });
    const mapping = mappingOf([taken, near("NORTHGATE", "Northgate"), near("Elm", "ELM")], "Northgate", "ELM");

    expect(toldOf(mapping)).toContainEqual(["NORTHGATE", "Northgate", "Northgate"]);
    expect(togetherOf(mapping)).toEqual(["Elm"]);
  });

  it("is looked at one by one where two accounts are near one customer, or two customers near one account", () => {
    const mapping = mappingOf(
      [near("Fir-Bakery", "Fir Bakery"), near("FIR BAKERY", "Fir Bakery"), near("Ash", "ASH", "A.S.H.")],
      "Fir Bakery",
      "ASH",
      "A.S.H.",
    );

    expect(toldOf(mapping)).toContainEqual(["Fir-Bakery", "Fir Bakery", "FIR BAKERY"]);
    expect(toldOf(mapping)).toContainEqual(["FIR BAKERY", "Fir Bakery", "Fir-Bakery"]);
    expect(togetherOf(mapping)).toEqual([]);
  });

  it("is looked at one by one where the name may be another company's", () => {
    const [found] = psaOf("Elm Supplies Ltd");
    const asked = item("Elm Supply", { near: found === undefined ? [] : [{ ...found, needsALook: true }] });
    const mapping = mappingOf([asked, near("Oak", "OAK")], "Elm Supplies Ltd", "OAK");

    expect(toldOf(mapping)).toContainEqual(["Elm Supply", "Elm Supplies Ltd", undefined]);
    expect(togetherOf(mapping)).toEqual(["Oak"]);
  });

  it("is nothing that is mapped or excluded", () => {
    const mapping = mappingOf(
      [item("Elm", { psaId: "psa of Elm", isMapped: true }), item("Oak", { excluded: true })],
      "Elm",
      "Oak",
    );

    expect(offersOf(mapping)).toEqual([]);
  });
});

describe("both sides of a mapping", () => {
  it("are in one order, as people sort names", () => {
    const names = ["Zoë", "birch 10", "Ähre", "Birch 2", "alder"];
    const accounts = names.map((name) => ({ id: name, name, psaClientId: null, excluded: false, isMapped: false }));
    const organization = { accounts, psaClients: psaOf(...names.toReversed()) } as Partial<OrganizationDetail>;
    const { items, psa } = shownOf(organization as OrganizationDetail, "accounts");

    expect(items.map(({ name }) => name)).toEqual(["Ähre", "alder", "Birch 2", "birch 10", "Zoë"]);
    expect(psa.map(({ name }) => name)).toEqual(items.map(({ name }) => name));
  });
});
