import { expect, it } from "vitest";
import { comparableName } from "#functions/read-integration/look-alikes/comparable-name";

it.each([
  ["Northgate Logistics", "northgatelogistics"],
  ["NORTHGATE  LOGISTICS", "northgatelogistics"],
  ["Řeznictví a uzenářství Dvořák, s.r.o.", "reznictviauzenarstvidvorak"],
  ["Dvořák spol. s r. o.", "dvorak"],
  ["Dvořák, a. s.", "dvorak"],
  ["Baxter Marine Supplies Ltd", "baxtermarinesupplies"],
  ["Baxter Marine Supplies (Limited)", "baxtermarinesupplies"],
  ["Acme Company, Inc.", "acme"],
  ["Müller GmbH & Co. KG", "muller"],
  ["Strauß & Söhne", "strausssohne"],
  ["STRAUSS SÖHNE", "strausssohne"],
  ["Kowalski Sp. z o.o.", "kowalski"],
  ["O'Rourke & Sons Joinery", "orourkesonsjoinery"],
  ["O’Rourke and Sons", "orourkeandsons"],
  ["Co", "co"],
  ["Inc. Limited", "inc"],
  ["Ag Supplies", "agsupplies"],
  ["Hotel Žas", "hotelzas"],
  ["Branch 12", "branch12"],
  ["株式会社 テスト", "株式会社テスト"],
  ["Ｆｕｌｌ Ｗｉｄｔｈ", "fullwidth"],
  ["---", ""],
])("compares %s by %s", (name, expected) => {
  expect(comparableName(name)).toBe(expected);
});
