import { hash } from "node:crypto";
import { UnreadableRecord } from "#shared/errors";
import { receiptsOf } from "#shared/exports/chunk";
import type { Receipt } from "#shared/exports/line";
import { findExport } from "#shared/exports/usage-export";
import { logFailure } from "#shared/log-failure";
import type { Mailbox } from "#shared/mail/mailbox";
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

export type SaidBefore = () => Promise<ReadonlySet<string> | undefined>;

/**
 * The marks of what `said` is of; undefined where they cannot be read. Read once for a letter: of a large partner it
 * takes seconds.
 */
export const marksSaid = (table: Reading, { partnerId, saidOf }: Mailbox): SaidBefore => {
  const read: SaidBefore = async () => {
    try {
      const run = saidOf === null ? undefined : await findExport(table, partnerId, saidOf);
      return new Set(run && (await failingLines(table, run)).marks);
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      logFailure("a run that was told cannot be read, nothing of it passes for known", error);
      return undefined;
    }
  };
  let marks: ReturnType<SaidBefore> | undefined;
  return () => {
    marks ??= read();
    return marks;
  };
};

/** Whether this run has brought some of what was told, or may have: of runs of some lines their marks are not kept. */
export const hasBroughtSome = async (
  table: Reading,
  run: Run,
  { box, saidBefore }: { box: Mailbox; saidBefore: SaidBefore },
): Promise<boolean> => {
  if (box.saidSince !== null) return true;
  const known = await saidBefore();
  if (!known) return true;
  return (await failingLines(table, run)).over.some((mark) => known.has(mark));
};
