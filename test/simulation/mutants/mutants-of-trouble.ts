import { type Mutant, one } from "./mutant.ts";

const carrying = "functions/export-usage/carry-export.ts";
const plan = "functions/export-usage/plan/plan-export.ts";
const order = "functions/export-usage/plan/in-sending-order.ts";
const patience = "functions/export-usage/send/patience.ts";
const dispatch = "functions/export-usage/send/line-dispatcher.ts";
const send = "functions/export-usage/send/send-chunks.ts";
const settling = "functions/export-usage/send/settle-in-order.ts";
const decision = "functions/export-usage/send/line-decision.ts";

/** Guards that keep one line, or one partner, that Gradient does not take from harming others. */
export const mutantsOfTrouble: Mutant[] = [
  one(
    "nobody notes at which line Gradient refuses a partner",
    "sends",
    carrying,
    'stop === "gradient-refuses" ? run.halt.refusedLines() : []',
    "[]",
  ),
  one(
    "a line that is refused keeps its place",
    "sends",
    plan,
    "inSendingOrder(chosen.toSend, sources.entries)",
    "[chosen.toSend]",
  ),
  one("refused lines go among failed ones", "sends", order, "refused: 2", "refused: 1"),
  one("a refused line says nothing of its service", "sends", order, "ofService.get(line.serviceId) ?? 0", "0"),
  one("a refused line says nothing of its customer", "sends", order, "ofCustomer.get(line.customerId) ?? 0", "0"),
  one("every degree of trouble has its group", "sends", order, "Math.ceil(Math.log2(related + 1))", "related"),
  one("a failed line is not noted", "sends", decision, '...(isFailed ? { trouble: "failed" } : {}),', ""),
  one("a run goes on though nothing is taken", "sends", patience, "isOver ||= ", "void "),
  one("an answer does not give new patience", "sends", patience, "vain = 0;\n      else", "vain += 0;\n      else"),
  one("patience is over at once", "sends", patience, " && clock.now() - since >= patienceMs", ""),
  one("a few slow answers end a run", "sends", patience, "vain >= minVain && ", ""),
  one(
    "a line that is not tried passes for a lost lease",
    "sends",
    dispatch,
    "if (patience.isOver()) return verdicts.untried;",
    "",
  ),
  one(
    "the views wait for what is refused",
    "sends",
    plan,
    "withEnd(cutIntoChunks(group, ledgerBits))",
    "cutIntoChunks(group, ledgerBits)",
  ),
  one(
    "one line of those refused is noted",
    "sends",
    "functions/export-usage/send/halt.ts",
    "refusedLines.push(line);",
    "if (refusedLines.length === 0) refusedLines.push(line);",
  ),
  one(
    "a run that has given up asks for its views",
    "sends",
    send,
    'dispatcher.hasGivenUp() ? "given-up" : "sent"',
    '"sent"',
  ),
  one("what is not tried is not owed", "sends", settling, 'untried: current.kind !== "look"', "untried: false"),
  one("what a look has not tried passes for tried", "sends", settling, 'current.kind !== "look"', "true"),
  one(
    "chunks of one row are settled at once",
    "sends",
    settling,
    "if (latestOfRow.get(bucket) !== settled) return;",
    "",
  ),
];
