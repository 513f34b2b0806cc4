import { exportWorkers } from "#infra/export-workers";
import { apiCost, apiCostParts, apiListPrices, tableCallMs } from "./api-cost-model.ts";
import { costGoals } from "./cost-goals.ts";
import { costParts, costPerMillion, listPrices, storagePerMillion, totalOf } from "./cost-model.ts";
import { measured, seenCosts } from "./measured.ts";
import { months } from "./measured-api.ts";

const dollars = (amount: number): string => `$${amount.toFixed(3)}`;
const whole = (count: number): string => count.toLocaleString("en-US");
const row = (cells: string[]): string => `| ${cells.join(" | ")} |`;

const costs = seenCosts.map(({ lines, taken }) => {
  const cost = costPerMillion(listPrices, taken);
  return { lines, partners: taken.counts / lines, cost, total: totalOf(cost) };
});

const costTable = (): string[] => [
  row(["lines a partner", "partners", ...costParts, "**together**"]),
  row(["lines", "partners", ...costParts, ""].map(() => "---:")),
  ...costs.map(({ lines, partners, cost, total }) =>
    row([whole(lines), whole(partners), ...costParts.map((part) => dollars(cost[part])), `**${dollars(total)}**`]),
  ),
];

const verdicts = (): string[] =>
  costGoals.map(({ lines, dollars: goal }) => {
    const total = costs.find((seen) => seen.lines === lines)?.total ?? Number.NaN;
    const word = total <= goal ? "is reached" : "is **not** reached";
    return `- The goal of ${dollars(goal)} at ${whole(lines)} lines a partner ${word}: ${dollars(total)}.`;
  });

const unitsTable = (): string[] => [
  row(["rows", "write units a run", "read units a run"]),
  row(["---", "---:", "---:"]),
  ...measured.unitsOfRun.map(([rows, write, read]) => row([rows, String(write), String(read)])),
];

const unchangedLines = (): number => {
  const { write, read } = measured.unchangedLine;
  return 1e6 * (write * listPrices.dynamoWriteUnit + read * listPrices.dynamoReadUnit);
};

const monthTable = (): string[] => [
  row(["a month of", "requests", ...apiCostParts, "**together**"]),
  row(["---", ...apiCostParts.map(() => "---:"), "---:", "---:"]),
  ...months.map(({ what, calls }) => {
    const cost = apiCost(apiListPrices, calls);
    const requests = calls.reduce((sum, { times }) => sum + times, 0);
    return row([
      what,
      whole(requests),
      ...apiCostParts.map((part) => dollars(cost[part])),
      `**${dollars(totalOf(cost))}**`,
    ]);
  }),
];

const priceTable = (): string[] => [
  row(["price", "USD (list)"]),
  row(["---", "---:"]),
  row(["Lambda, arm64, per GB-second", String(listPrices.lambdaGbSecond)]),
  row(["Lambda, per million invocations", (listPrices.lambdaRequest * 1e6).toFixed(2)]),
  row(["SQS standard queue, per million requests", (listPrices.sqsRequest * 1e6).toFixed(2)]),
  row(["DynamoDB on demand, per million write units", (listPrices.dynamoWriteUnit * 1e6).toFixed(3)]),
  row(["DynamoDB on demand, per million read units", (listPrices.dynamoReadUnit * 1e6).toFixed(3)]),
  row(["DynamoDB storage, per GB and month", listPrices.storageGbMonth.toFixed(2)]),
  row(["CloudWatch Logs, per GB taken in", listPrices.logGb.toFixed(2)]),
  row(["Secrets Manager, per secret and month", listPrices.secretMonth.toFixed(2)]),
  row(["API Gateway, HTTP API, per million requests", (apiListPrices.gatewayRequest * 1e6).toFixed(2)]),
  row(["data to the internet, per GB", apiListPrices.transferGb.toFixed(2)]),
];

/** docs/cost.md, whole. */
export const costDocument = (): string =>
  `${[
    "# What it costs to send usage",
    "",
    "Written by `npm run bench:cost` from what `npm run bench:fleet -- --only cost` printed (`test/bench/measured.ts`); a test",
    "fails when the two differ. Prices are list prices of us-east-1 without a free tier: check them, and your region's, before",
    "quoting any. Nothing here was read off an invoice.",
    "",
    "## For a million counts that are sent",
    "",
    "All partners are due at once, and every count has changed: admission, relay, queues, workers and table, by DynamoDB's rules for units.",
    `The worker has ${exportWorkers.memoryMb} MB.`,
    "",
    ...costTable(),
    "",
    ...verdicts(),
    "",
    "A worker is paid for while it waits for its moments, and all workers share one rate: two that are at work cost twice what one does,",
    "and reserve their moments in smaller blocks. Their memory is a factor of that part. A run of 160 lines takes:",
    "",
    ...unitsTable(),
    "",
    "A row in a transaction counts twice, and so does a row of more than a kilobyte.",
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
    "  month and queue (AWS documents the five pollers, we did not measure them): $0.26.",
    "- Not counted: owner mails, traces, alarms.",
    "",
    "## The API: pages and feed",
    "",
    "Two people look in on each of 22 workdays, for five minutes; an open page asks for the integration every three seconds, and for each of its",
    "lists once a visit. The feed tells all customers and all counts each time, every count another than before.",
    "",
    ...monthTable(),
    "",
    "Calls of the table and units are counted, by DynamoDB's rules, of the endpoints themselves; processor time is what `npm run bench:api` printed,",
    `at the share of a core of the deployed memory. A function is paid for while it waits for the table, too: ${tableCallMs} ms for a call, which is`,
    "assumed. A day's counts are most of what a feed costs, a write unit for each customer; told every hour they cost as much every hour. An open",
    "page costs what its polling does: at 30 s instead of three, a tenth.",
    "",
    "## What goes into it",
    "",
    ...priceTable(),
    "",
    `Of a line that is unchanged and not sent: ${measured.unchangedLine.write} write and ${measured.unchangedLine.read} read units; a line's receipt takes ${measured.storedBytesPerLine} bytes (\`bench:scale --only large\`).`,
    "Of each invocation Lambda logs 600 bytes by itself, which is a guess. A message costs three requests (in, out, deleted).",
  ].join("\n")}\n`;
