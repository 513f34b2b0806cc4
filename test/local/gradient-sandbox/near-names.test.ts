import { expect, it } from "vitest";
import { nearMatchesAmong } from "#local/gradient-sandbox/partner/near-names";
import { plurals } from "#test/builders/plurals";

const nearOf = (name: string, ...psaNames: string[]) =>
  nearMatchesAmong(psaNames.map((psaName) => ({ id: psaName, name: psaName })))({ name }).map(
    ({ name: found, needsALook = false }) => [found, needsALook],
  );

it.each([
  ["FIR BAKERY", "Fir-Bakery", false],
  ["Fir & Sons", "Fir Sons", false],
  ["Baxter Marine Supply Ltd.", "Baxter Marine Supplies Ltd", true],
  ["Baxter Marine Supply", "Baxter Marine Supplies Limited", true],
  ["Fir Bakery GmbH", "Fir Bakery", true],
  ["Dvořák, s.r.o.", "Dvorak", true],
  ["O'Rourke Joiners", "ORourke Joiner", true],
])("offers for %s the name %s, to be looked at: %s", (name, psaName, needsALook) => {
  expect(nearOf(name, "Somebody else", psaName)).toEqual([[psaName, needsALook]]);
});

it.each(plurals)("offers for %s the name %s", (one, several) => {
  expect(nearOf(one, "Somebody else", several)).toEqual([[several, true]]);
  expect(nearOf(several, "Somebody else", one)).toEqual([[one, true]]);
});

it.each([
  ["Ashgrove Dental Care", "Ashgrove Dental Group"],
  ["Branch 1", "Branch 2"],
  ["Gas", "Ga"],
  ["Limited", "Ltd"],
  ["---", "..."],
])("does not offer for %s the name %s", (name, psaName) => {
  expect(nearOf(name, psaName)).toEqual([]);
});

it("offers what is only written differently before what may be another company", () => {
  expect(nearOf("Elm Supply", "ELM SUPPLY", "Elm Supplies")).toEqual([["ELM SUPPLY", false]]);
});
