import { expectedCounts } from "#local/sample/sample";
import { lineOutcomes, type Receipt, type UsageExport } from "./hub-client.ts";
import { receiptsLegend, receiptsTable } from "./receipts-table.ts";
import type { Traveller } from "./traveller.ts";

export const showReceipts = async (
  { hub, terminal }: Traveller,
  { id, totals }: Pick<UsageExport, "id" | "totals">,
): Promise<Receipt[]> => {
  const receipts = await hub.readReceipts(id);
  for (const row of receiptsTable(receipts)) terminal.line(`  ${row}`);
  terminal.line();
  for (const entry of receiptsLegend(receipts)) terminal.line(`  ${entry}`);
  const [reason] = receipts.filter(({ outcome }) => outcome === "unmapped").map((receipt) => receipt.reason);
  if (reason) terminal.line(`  What unmapped means: ${reason}`);

  for (const problem of contradictions(receipts, totals)) throw new Error(problem);
  terminal.good(
    `${lineOutcomes.map((outcome) => totals[outcome]).join(" + ")} = ${totals.lines} lines, a receipt for each.`,
  );
  return receipts;
};

/** Where receipts and totals do not fit together, or a line ended as no line of the sample should. */
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
    ...counted
      .filter((entry) => entry.receipts > 0 && entry.outcome !== "accepted" && entry.outcome !== "unmapped")
      .map((entry) => `${entry.receipts} lines are ${entry.outcome}; a full export of the sample has none of those`),
    ...(receipts.some(({ outcome, unitCount }) => outcome === "accepted" && unitCount === 0)
      ? []
      : ["no zero was accepted, and the sample has some"]),
  ];
};

/** Accepted is what Gradient said. This looks at what it holds, for every mapped pair. */
export const compareCounts = async (
  { partnerSide, terminal }: Traveller,
  { organizationId, receipts }: { organizationId: string; receipts: Receipt[] },
): Promise<void> => {
  const { accounts, services } = await partnerSide.readOrganization(organizationId);
  const mappedAccounts = new Set(accounts.filter(({ isMapped }) => isMapped).map(({ id }) => id));
  const mappedServices = new Set(services.filter(({ isMapped }) => isMapped).map(({ name }) => name));
  const held = await partnerSide.readCounts(organizationId);
  const differences = expectedCounts().flatMap(({ customerId, customerName, serviceId, serviceName, unitCount }) => {
    const isMapped = mappedAccounts.has(customerId) && mappedServices.has(serviceName);
    const receipt = receipts.find((line) => line.customerId === customerId && line.serviceId === serviceId);
    const inGradient = held.find((count) => count.accountId === customerId && count.serviceName === serviceName);
    const pair = `${customerName}, ${serviceName}`;
    const outcome = isMapped ? "accepted" : "unmapped";
    if (receipt?.outcome !== outcome)
      return [`${pair}: should be ${outcome}, is ${receipt?.outcome ?? "without a receipt"}`];
    if (isMapped && inGradient?.unitCount !== unitCount)
      return [`${pair}: the sample says ${unitCount}, Gradient ${inGradient?.unitCount ?? "nothing"}`];
    return [];
  });
  const [first] = differences;
  if (first !== undefined) throw new Error(`${differences.length} pairs differ, the first: ${first}`);
  const compared = receipts.filter(({ outcome }) => outcome === "accepted").length;
  terminal.good(`Equal: all ${compared} accepted counts stand in Gradient as the sample has them.`);
};
