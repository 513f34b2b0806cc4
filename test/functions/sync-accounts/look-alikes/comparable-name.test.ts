import { expect, it } from "vitest";
import { joined, nameWords } from "#functions/sync-accounts/look-alikes/comparable-name";

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
  ["Smith and Company", "smith"],
  ["Co", "co"],
  ["Inc. Limited", "inc"],
  ["Ag Supplies", "agsupplies"],
  ["Hotel Žas", "hotelzas"],
  ["Branch 12", "branch12"],
  ["株式会社 テスト", "株式会社テスト"],
  ["Ｆｕｌｌ Ｗｉｄｔｈ", "fullwidth"],
  ["---", ""],
])("compares %s by %s", (name, expected) => {
  expect(joined(nameWords(name).plain)).toBe(expected);
});

it.each([
  ["St. Paul's Bakery", "st pauls bakery"],
  ["St.Paul's Bakery", "st pauls bakery"],
  ["A.St.Paul", "astpaul"],
  ["Fast.Paul", "fastpaul"],
  ["Smith & Jones", "smith & jones"],
  ["Smith&Jones + Brown", "smith & jones & brown"],
  ["& Smith && & Jones &", "smith & jones"],
  ["Smith & Co", "smith"],
  ["Smith and Co., Ltd", "smith"],
  ["Smith & Sons GmbH & Co. KG", "smith & sons"],
  ["Smith and", "smith and"],
  ["Ørsted Łódź Ærø", "orsted lodz aero"],
  [`One ${"two ".repeat(20)}`, `one${"two".repeat(20)}`],
  [`One ${"two ".repeat(19)}`, `one${" two".repeat(19)}`],
])("takes %s for the words %s", (name, words) => {
  expect(nameWords(name).plain.join(" ")).toBe(words);
});

it.each([
  ["Müller & Söhne", "mueller & soehne"],
  ["MÜLLER", "mueller"],
  ["Mu\u0308ller", "mueller"],
  ["Ångström", "aangstroem"],
  ["Ørsted", "oersted"],
  ["Strauß", "strauss"],
  ["Dvořák", "dvorak"],
  ["Muller", "muller"],
])("writes %s in two letters as %s", (name, words) => {
  expect(nameWords(name).inTwoLetters.join(" ")).toBe(words);
});

it.each([
  ["ends with 200 letters", "n".repeat(200), 200],
  ["leaves nothing of more", "n".repeat(201), 0],
  ["leaves nothing of signs that come apart into more", "\uFDFA".repeat(12), 0],
])("%s", (_, name, length) => {
  expect(joined(nameWords(name).plain)).toHaveLength(length);
});
