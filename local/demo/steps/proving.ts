import { type ExpectedCount, expectedCounts } from "#local/sample/sample";
import { lineOutcomes, type Receipt, type UsageExport } from "../traveller/hub-client.ts";
import { receiptsLegend, receiptsTable } from "../traveller/receipts-table.ts";
import type { Traveller } from "../traveller/traveller.ts";

/** Shows the receipts of each run, and ends with the one that counts for each line. */
export const showReceipts = async (traveller: Traveller, runs: UsageExport[]): Promise<Receipt[]> => {
  const all: Receipt[][] = [];
  for (const run of runs) all.push(await showReceiptsOf(traveller, run));
  const final = finalReceipts(all);
  const [stranger] = strangers(final);
  if (stranger !== undefined) throw new Error(stranger);
  return final;
};

const showReceiptsOf = async (
  { hub, terminal }: Traveller,
  { id, totals }: Pick<UsageExport, "id" | "totals">,
): Promise<Receipt[]> => {
  const receipts = await hub.readReceipts(id);
  for (const row of receiptsTable(receipts)) terminal.line(`  ${row}`);
  terminal.line();
  for (const entry of receiptsLegend(receipts)) terminal.line(`  ${entry}`);
  const [reason] = receipts.filter(({ outcome }) => outcome === "unmapped").map((receipt) => receipt.reason);
  if (reason) terminal.line(`  What unmapped means: ${reason}`);

  const [contradiction] = contradictions(receipts, totals);
  if (contradiction !== undefined) throw new Error(contradiction);
  terminal.good(
    `${lineOutcomes.map((outcome) => totals[outcome]).join(" + ")} = ${totals.lines} lines, a receipt for each.`,
  );
  return receipts;
};

/** For each line the last receipt that says what became of it: a run that finds its number sent adds nothing. */
export const finalReceipts = (runs: Receipt[][]): Receipt[] => {
  const byLine = new Map<string, Receipt>();
  for (const receipt of runs.flat()) {
    const line = `${receipt.customerId} ${receipt.serviceId}`;
    if (receipt.outcome !== "unchanged" || !byLine.has(line)) byLine.set(line, receipt);
  }
  return [...byLine.values()];
};

/** Where receipts and totals do not fit together. */
export const contradictions = (receipts: Receipt[], totals: UsageExport["totals"]): string[] => {
  const counted = lineOutcomes.map((outcome) => ({
    outcome,
    receipts: receipts.filter((line) => line.outcome === outcome).length,
  }));
  const sum = lineOutcomes.reduce((all, outcome) => all + totals[outcome], 0);
  return [
    ...(receipts.length === totals.lines ? [] : [`${receipts.length} receipts for ${totals.lines} lines`]),
    ...(sum === totals.lines ? [] : [`the outcomes sum to ${sum}, not to ${totals.lines} lines`]),
    ...counted
      .filter((entry) => entry.receipts !== totals[entry.outcome])
      .map((entry) => `${entry.receipts} receipts say ${entry.outcome}, the totals say ${totals[entry.outcome]}`),
  ];
};

/** Where a line ended as no line of the sample should, once nothing is left over. */
export const strangers = (receipts: Receipt[]): string[] => [
  ...lineOutcomes
    .filter((outcome) => outcome !== "accepted" && outcome !== "unmapped")
    .map((outcome) => ({ outcome, lines: receipts.filter((line) => line.outcome === outcome).length }))
    .filter(({ lines }) => lines > 0)
    .map(({ outcome, lines }) => `${lines} lines are ${outcome}; a full export of the sample has none of those`),
  ...(receipts.some(({ outcome, unitCount }) => outcome === "accepted" && unitCount === 0)
    ? []
    : ["no zero was accepted, and the sample has some"]),
];

/** Accepted is what Gradient said. This looks at what it holds, for every pair of the sample. */
export const compareCounts = async (
  { partnerSide, terminal }: Traveller,
  { organizationId, receipts }: { organizationId: string; receipts: Receipt[] },
): Promise<void> => {
  const { accounts, services } = await partnerSide.readOrganization(organizationId);
  const mappedAccounts = new Set(accounts.filter(({ isMapped }) => isMapped).map(({ id }) => id));
  const mappedServices = new Set(services.filter(({ isMapped }) => isMapped).map(({ name }) => name));
  const held = await partnerSide.readCounts(organizationId);

  const difference = ({ customerId, serviceId, serviceName, unitCount }: ExpectedCount): string | undefined => {
    const isMapped = mappedAccounts.has(customerId) && mappedServices.has(serviceName);
    const expected = isMapped ? "accepted" : "unmapped";
    const receipt = receipts.find((line) => line.customerId === customerId && line.serviceId === serviceId);
    if (receipt?.outcome !== expected) return `should be ${expected}, is ${receipt?.outcome ?? "without a receipt"}`;
    const inGradient = held.find((count) => count.accountId === customerId && count.serviceName === serviceName);
    return !isMapped || inGradient?.unitCount === unitCount
      ? undefined
      : `is ${unitCount} in the sample, ${inGradient?.unitCount ?? "nothing"} in Gradient`;
  };
  const pairs = expectedCounts().map((pair) => ({ ...pair, difference: difference(pair) }));
  const different = pairs.filter((pair) => pair.difference !== undefined);
  const [first] = different;
  if (first !== undefined)
    throw new Error(
      `${different.length} of ${pairs.length} pairs differ, the first: ${first.customerName}, ${first.serviceName} ${first.difference}`,
    );
  const mapped = pairs.filter((pair) => mappedAccounts.has(pair.customerId) && mappedServices.has(pair.serviceName));
  terminal.good(`Equal: for all ${mapped.length} mapped pairs, Gradient holds the sample's number.`);
};
