import { hash } from "node:crypto";
import { receiptsOf } from "#shared/exports/chunk";
import type { Receipt } from "#shared/exports/line";
import { findExport } from "#shared/exports/usage-export";
import type { Mailbox, Saying } from "#shared/mail/mailbox";
import type { Table } from "#shared/table/table";

type Reading = Pick<Table, "get" | "query">;
type Run = Parameters<typeof receiptsOf>[1];

// as many as a person reads
const listedLines = 10;
const failing = new Set<string>(["rejected", "deferred"]);

/** Of the same line on another connection it is another one: what was wrong there says nothing of it. */
const markOf = ({ connectionId }: Run, { customerId, serviceId }: Receipt, outcome: string): string =>
  hash("sha256", JSON.stringify([connectionId, customerId, serviceId, outcome]), "base64url");

/**
 * The lines of a run that did not reach Gradient: the first of them, and a mark of each. `over`: the marks that the
 * others would have.
 */
export const failingLines = async (table: Pick<Table, "query">, run: Run) => {
  const listed: Receipt[] = [];
  const marks: string[] = [];
  const over: string[] = [];
  for await (const receipts of receiptsOf(table, run)) {
    for (const receipt of receipts) {
      const isFailing = failing.has(receipt.outcome);
      if (isFailing && listed.length < listedLines) listed.push(receipt);
      if (isFailing) marks.push(markOf(run, receipt, receipt.outcome));
      else if (run.kind !== "all") over.push(...[...failing].map((outcome) => markOf(run, receipt, outcome)));
    }
  }
  return { listed, marks, over };
};

// runs send the same lines in another order
export const markOfAll = (marks: string[]): string => hash("sha256", marks.toSorted().join()).slice(0, 24);

export type SaidBefore = () => Promise<ReadonlySet<string>>;

/**
 * The marks of what `said` is of, but for the lines that have arrived since. Read once for a letter: of a large partner
 * it takes seconds.
 */
export const marksSaid = (table: Reading, partnerId: string, { saidOf, saidWithout }: Mailbox): SaidBefore => {
  const read = async (): Promise<ReadonlySet<string>> => {
    const run = saidOf === null ? undefined : await findExport(table, partnerId, saidOf);
    const marks = new Set(run && (await failingLines(table, run)).marks);
    for (const id of run ? saidWithout : []) {
      const part = await findExport(table, partnerId, id);
      for (const mark of part ? (await failingLines(table, part)).over : []) marks.delete(mark);
    }
    return marks;
  };
  let marks: ReturnType<SaidBefore> | undefined;
  return () => {
    marks ??= read();
    return marks;
  };
};

// each is read again with every letter; a reader who hears of the others once more has lost nothing
const mostWithout = 10;

/**
 * What stays said once this run has brought some of it: of those lines the next failure is news. Null where it has
 * brought none.
 */
export const saidWithout = async (
  table: Reading,
  run: Run,
  { box, saidBefore }: { box: Mailbox; saidBefore: SaidBefore },
): Promise<Saying | null> => {
  const { said, saidOf, saidSince } = box;
  if (said === null || saidOf === null) return null;
  const known = await saidBefore();
  const over = new Set((await failingLines(table, run)).over);
  const left = [...known].filter((mark) => !over.has(mark));
  if (left.length === known.size && saidSince === null) return null;
  const without = [...box.saidWithout, run.id];
  if (without.length > mostWithout) return { text: "", of: null, isPart: false };
  return { text: `${said.slice(0, said.lastIndexOf(" ") + 1)}${markOfAll(left)}`, of: saidOf, isPart: false, without };
};
