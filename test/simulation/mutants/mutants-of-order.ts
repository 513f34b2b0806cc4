import { type Mutant, one } from "./mutant.ts";

const plan = "functions/export-usage/plan/plan-export.ts";
const order = "functions/export-usage/plan/in-sending-order.ts";

/** Guards in the order in which a run's lines go out. */
export const mutantsOfOrder: Mutant[] = [
  one(
    "a line that is refused keeps its place",
    "sends",
    plan,
    "inSendingOrder(chosen.toSend, sources.entries)",
    "{ groups: [chosen.toSend], suspectsFrom: null }",
  ),
  one(
    "a refused line says nothing of its service",
    "sends",
    order,
    "Math.max(ofService, ofCustomer) > 1",
    "ofCustomer > 1",
  ),
  one(
    "a refused line says nothing of its customer",
    "sends",
    order,
    "Math.max(ofService, ofCustomer) > 1",
    "ofService > 1",
  ),
  one("one refused line keeps back its service", "sends", order, "ofCustomer) > 1", "ofCustomer) > 0"),
  one(
    "what is throttled goes before what is new",
    "sends",
    order,
    'isTroubled(entry) || entry?.owed === "untried" ||',
    'isRefused(entry) || entry?.owed === "untried" ||',
  ),
  one("what was not tried goes among the others", "sends", order, ' || entry?.owed === "untried"', ""),
  one("what is throttled says nothing of its customer", "sends", order, "countOf(isTroubled)]", "countOf(isRefused)]"),
  one("all that has met trouble goes together", "sends", order, "partsAlone = 3", "partsAlone = 0"),
  one("every service that has met trouble has its group", "sends", order, "partsAlone = 3", "partsAlone = 100"),
  one("what ended a run is tried first again", "sends", order, "  parts.sort((a, b) => byText(a.at, b.at));\n", ""),
  one(
    "a service's oldest trouble says when it had it",
    "sends",
    order,
    "at: inOrder.at(-1)?.at",
    "at: inOrder.at(0)?.at",
  ),
  one(
    "the line that ended a run is the first of its service",
    "sends",
    order,
    "at: calledAt(entry) })).sort((a, b) => byText(a.at, b.at));",
    "at: calledAt(entry) }));",
  ),
  one(
    "what was taken is not shown before what was refused is tried",
    "sends",
    order,
    "flatMap(({ fresh, tried }) => [fresh, tried])",
    "map(({ fresh, tried }) => [...fresh, ...tried])",
  ),
  one(
    "single lines in trouble keep back their service",
    "sends",
    order,
    "ofService(line.serviceId) && ofCustomer(line.customerId)",
    "!line",
  ),
  one(
    "a customer that is refused as a whole passes for taken",
    "sends",
    order,
    "ofService(line.serviceId) && ofCustomer(line.customerId)",
    "ofService(line.serviceId)",
  ),
  one(
    "what is not mapped hides that its customer is refused",
    "sends",
    order,
    'isTroubled(entry) || entry.last.outcome === "accepted");',
    "calledAt(entry) !== neverCalled);",
  ),
  one(
    "a customer that is refused speaks against its services",
    "sends",
    order,
    "others.troubleOf(entry[other]) <= its.troubleOf(id)",
    "its.troubleOf(id) > 0",
  ),
  one(
    "a customer's only line speaks for its service",
    "sends",
    order,
    "isTroubled).length / (last.length + 1)",
    "isTroubled).length / last.length",
  ),
  one("a service that is refused as a whole passes for taken", "sends", order, "* 2 <= last.length", ">= 0"),
  one(
    "a refused call is none",
    "sends",
    "shared/usage/ledger.ts",
    "entry.last.refusedAt ?? entry.last.at",
    "entry.last.at",
  ),
  one(
    "a row's number says when its lines are sent",
    "sends",
    plan,
    "bucketOf(customerId, bits))].flatMap",
    "bucketOf(customerId, bits))].sort(([a], [b]) => a - b).flatMap",
  ),
];
