import { type Cost, costPerMillion, listPrices, type Situation, storagePerMillion } from "./cost-model.ts";
import { measured } from "./measured.ts";

const dollars = (amount: number): string => `$${amount.toFixed(3)}`;
const whole = (count: number): string => count.toLocaleString("en-US");
const row = (cells: string[]): string => `| ${cells.join(" | ")} |`;

const goal = 0.2;

const situations: Situation[] = [
  { linesPerExport: 100_000, workers: 1 },
  { linesPerExport: 10_000, workers: 1 },
  { linesPerExport: 1000, workers: 1 },
  { linesPerExport: 1000, workers: 2 },
  { linesPerExport: 1000, workers: 8 },
  { linesPerExport: 160, workers: 1 },
  { linesPerExport: 20, workers: 1 },
];

const parts: (keyof Cost)[] = ["lambdaTime", "lambdaRequests", "sqs", "writes", "reads", "logs"];

const costTable = (): string[] => {
  const head = [
    "lines an export",
    "workers at a time",
    "worker's time",
    "invocations",
    "SQS",
    "writes",
    "reads",
    "logs",
  ];
  return [
    row([...head, "**together**"]),
    row([...head, ""].map(() => "---:")),
    ...situations.map((situation) => {
      const cost = costPerMillion(listPrices, measured, situation);
      const { linesPerExport, workers } = situation;
      const together = `**${dollars(cost.total)}**`;
      return row([whole(linesPerExport), String(workers), ...parts.map((part) => dollars(cost[part])), together]);
    }),
  ];
};

const unchangedLines = (): number => {
  const { write, read } = measured.unchangedLine;
  return 1e6 * (write * listPrices.dynamoWriteUnit + read * listPrices.dynamoReadUnit);
};

/**
 * The smallest export, in steps of ten lines, whose calls cost no more than the goal while it has the rate to itself.
 */
const smallestWithinGoal = ((): string => {
  for (let linesPerExport = 10; linesPerExport <= 100_000; linesPerExport += 10) {
    if (costPerMillion(listPrices, measured, { linesPerExport, workers: 1 }).total <= goal)
      return whole(linesPerExport);
  }
  return "more than 100,000";
})();

const priceTable = (): string[] => [
  row(["price", "USD (list)"]),
  row(["---", "---:"]),
  row(["Lambda, arm64, per GB-second", String(listPrices.lambdaGbSecond)]),
  row(["Lambda, per million invocations", (listPrices.lambdaRequest * 1e6).toFixed(2)]),
  row(["SQS FIFO, per million requests", (listPrices.sqsFifoRequest * 1e6).toFixed(2)]),
  row(["DynamoDB on demand, per million write units", (listPrices.dynamoWriteUnit * 1e6).toFixed(3)]),
  row(["DynamoDB on demand, per million read units", (listPrices.dynamoReadUnit * 1e6).toFixed(3)]),
  row(["DynamoDB storage, per GB and month", listPrices.storageGbMonth.toFixed(2)]),
  row(["CloudWatch Logs, per GB taken in", listPrices.logGb.toFixed(2)]),
  row(["Secrets Manager, per secret and month", listPrices.secretMonth.toFixed(2)]),
];

const measuredTable = (): string[] => {
  const { writeUnits, readUnits, rateUnits, unchangedLine } = measured;
  return [
    row(["measured", "", "with"]),
    row(["---", "---:", "---"]),
    row(["calls a second, by all workers together", String(measured.linesPerSecond), "`bench:pace --only one,eight`"]),
    row(["write units for each line that is sent", String(writeUnits.line), "`bench:scale --only large`"]),
    row(["read units for each line that is sent", String(readUnits.line), "`bench:scale --only large`"]),
    ...Object.entries(rateUnits).map(([workers, { write, read }]) =>
      row([
        `write and read units for the rate, by workers: ${workers}`,
        `${write}, ${read}`,
        "`bench:pace --only one,eight`, `bench:scale --only rate`",
      ]),
    ),
    row(["write units for each export, start to end", String(writeUnits.each), "`bench:scale --only small,due`"]),
    row(["read units for each export, start to end", String(readUnits.each), "`bench:scale --only small,due`"]),
    row([
      "write and read units for a line that is unchanged and not sent",
      `${unchangedLine.write}, ${unchangedLine.read}`,
      "`bench:scale --only large`",
    ]),
    row(["seconds of a worker beside its lines' time", String(measured.overheadSeconds), "`bench:pace --only idle`"]),
    row(["bytes of a line's receipt", String(measured.storedBytesPerLine), "`bench:scale --only large`"]),
    row([
      "bytes of log for each invocation of the worker",
      String(measured.logBytesPerExport),
      "600 of its own in a run's output; Lambda's own are a guess",
    ]),
  ];
};

/** docs/cost.md, whole. */
export const costDocument = (): string => {
  const one = costPerMillion(listPrices, measured, { linesPerExport: 100_000, workers: 1 });
  const eight = costPerMillion(listPrices, measured, { linesPerExport: 1000, workers: 8 });
  const two = costPerMillion(listPrices, measured, { linesPerExport: 1000, workers: 2 });
  return `${[
    "# What it costs to send usage",
    "",
    "Written by `node test/bench/cost.ts` from the model in `test/bench/cost-model.ts`; a test fails when the two differ.",
    "Prices are list prices of us-east-1 without a free tier: check them, and your region's, before quoting any.",
    "Nothing here was read off an invoice.",
    "",
    "## For a million counts that are sent",
    "",
    ...costTable(),
    "",
    `The goal is ${dollars(goal)} for a million. One worker on a large partner reaches it (${dollars(one.total)}), as does every export of at`,
    `least ${smallestWithinGoal} lines that has the rate to itself.`,
    "It is **not** reached in two cases:",
    "",
    `- **Many workers at a time.** All share one rate, so eight send no more than one, but each is paid for while it waits for its`,
    `  moments: ${dollars(eight.total)} with eight, ${dollars(two.total)} with two. The queue's maximum concurrency (infra/constructs/usage-exports.ts) is the`,
    "  lever: small partners need several workers to fill the rate, since each spends most of its time on planning and on",
    "  waiting for the last answers; large partners need one. Gradient counting its limit for each partner (`limiterKey`",
    "  `partner`) removes the sharing and with it the extra cost.",
    "- **Small partners.** An export has a fixed price (its record, the event, the message, taking and closing it) of about",
    `  ${measured.writeUnits.each} write units, whether it has 20 lines or 20,000. In absolute terms it stays small: ${dollars(
      (costPerMillion(listPrices, measured, { linesPerExport: 20, workers: 1 }).total / 1e6) * 20 * 30 * 1000,
    )} a month for 1,000 partners of`,
    "  20 lines that send everything every night.",
    "",
    "## Beside it",
    "",
    `- **A secret for each partner**: ${dollars(listPrices.secretMonth)} a month (list). For 1,000 partners that is $${(
      listPrices.secretMonth * 1000
    ).toFixed(0)} a month, far more than sending.`,
    `- **Lines that are looked at and not sent**, in a run of changes: ${dollars(unchangedLines())} for a million. Each has a receipt, too.`,
    `- **Receipts** are kept for 13 months: ${dollars(storagePerMillion(listPrices, measured))} for those of a million lines until they expire,`,
    "  and about as much again for the point-in-time recovery of the table.",
    "- **Waiting queues**: Lambda asks each queue some 15 times a minute whether there is a message, about 650,000 requests a",
    "  month and queue (AWS documents the five pollers, we did not measure them): $0.33 for a FIFO, $0.26 for a standard queue.",
    "- Not in the model: API Gateway and the reads of the pages, owner mails, traces, alarms, data transfer.",
    "",
    "## What goes into it",
    "",
    ...priceTable(),
    "",
    ...measuredTable(),
    "",
    "The function has 256 MB; its worker hands over after 225 s; a message costs three requests (in, out, deleted); an export",
    "costs two invocations, the worker's and that of the relay which brings it to its queue.",
  ].join("\n")}\n`;
};
