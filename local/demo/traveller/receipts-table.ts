import { type LineOutcome, lineOutcomes, type Receipt } from "./hub-client.ts";

const marks: Record<LineOutcome, string> = {
  accepted: "✓",
  unchanged: "=",
  unmapped: "○",
  rejected: "✗",
  deferred: "…",
  superseded: "»",
};

const nameWidth = 36;
const countWidth = 14;

/** A customer per row, by name, a service per column, in each cell the number sent and what became of it. */
export const receiptsTable = (receipts: Receipt[]): string[] => {
  const services = new Map(receipts.map(({ serviceId, serviceName }) => [serviceId, serviceName]));
  const byName = receipts.toSorted((a, b) => a.customerName.localeCompare(b.customerName));
  const byCustomer = Map.groupBy(byName, ({ customerId }) => customerId);
  const row = (name: string, cells: string[]) =>
    `${truncate(name, nameWidth)}${cells.map((cell) => cell.padStart(countWidth)).join("")}`.trimEnd();

  const headings = [...services.values()].map((name) => wrap(name, countWidth - 2));
  const headingLines = Math.max(0, ...headings.map(({ length }) => length));
  return [
    ...Array.from({ length: headingLines }, (_, line) =>
      row(
        line === headingLines - 1 ? "customer" : "",
        headings.map((heading) => heading[line - headingLines + heading.length] ?? ""),
      ),
    ),
    "─".repeat(nameWidth + countWidth * services.size),
    ...[...byCustomer.values()].map((lines) =>
      row(
        lines[0]?.customerName ?? "",
        [...services.keys()].map((serviceId) => {
          const line = lines.find((candidate) => candidate.serviceId === serviceId);
          return line === undefined ? "·" : `${line.unitCount ?? "?"} ${marks[line.outcome]}`;
        }),
      ),
    ),
  ];
};

/** How many lines ended in each outcome that occurred, and how many of the accepted ones are zeros. */
export const receiptsLegend = (receipts: Receipt[]): string[] => {
  const used = lineOutcomes.flatMap((outcome) => {
    const lines = receipts.filter((line) => line.outcome === outcome);
    const zeros = lines.filter(({ unitCount }) => unitCount === 0).length;
    return lines.length === 0 ? [] : [`${marks[outcome]} ${outcome} ${lines.length} (${zeros} with a count of zero)`];
  });
  return [...used, "· not used"];
};

const truncate = (text: string, width: number): string => {
  const characters = [...text];
  return characters.length > width - 1 ? `${characters.slice(0, width - 2).join("")}… ` : text.padEnd(width);
};

const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
};
