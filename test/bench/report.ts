import { cpus, loadavg } from "node:os";

export const print = (text: string): void => void process.stdout.write(`${text}\n`);

type Cell = string | number;

/** A table in Markdown, as it stands in docs/performance.md. */
export const printTable = (head: string[], rows: Cell[][]): void => {
  const line = (cells: Cell[]) => `| ${cells.join(" | ")} |`;
  print([line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n"));
};

export const machine = (): string =>
  `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`;

export const oneDecimal = (value: number): string => value.toFixed(1);
export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
