import { expect, it } from "vitest";
import { inSteadyOrder } from "#local/gradient-sandbox/page/cards/steady-order";
import type { Card } from "#local/gradient-sandbox/page/sandbox-api";

const card = (accountName: string, serviceName = "Backup"): Card => ({
  cardId: `${accountName} ${serviceName}`,
  accountId: accountName,
  accountName,
  serviceId: serviceName,
  serviceName,
  vendorUnits: 1,
  previousUnits: null,
  psaQuantity: 0,
  state: "open",
});
const namesOf = (cards: Card[]) => cards.map(({ cardId }) => cardId);

it("has cards by name, and those that come later behind those that were there", () => {
  const places = new Map<string, number>();
  const first = [card("Oak"), card("Elm", "Mail"), card("Elm")];

  expect(namesOf(inSteadyOrder(first, places))).toEqual(["Elm Backup", "Elm Mail", "Oak Backup"]);
  expect(namesOf(inSteadyOrder([card("Fir"), card("Alder"), ...first], places))).toEqual([
    "Elm Backup",
    "Elm Mail",
    "Oak Backup",
    "Alder Backup",
    "Fir Backup",
  ]);
  expect(namesOf(inSteadyOrder([card("Alder"), ...first], new Map()))[0]).toBe("Alder Backup");
});
