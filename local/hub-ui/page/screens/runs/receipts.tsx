import { useState } from "react";
import { Badge } from "../../../../page-parts/notice.tsx";
import { countOf, momentOf, numberOf } from "../../../../page-parts/words.ts";
import { useList } from "../../answers.ts";
import { Paged } from "../../parts/paged.tsx";
import { CsvButton } from "../csv/csv-button.tsx";
import { type Column, Table } from "../tables/table.tsx";
import { Change } from "../usage/line-words.tsx";
import {
  isDryRun,
  isOver,
  type LineOutcome,
  lineOutcomes,
  lineOutcomeWords,
  type Receipt,
  type Run,
} from "./run-words.ts";

const route = "GET /v1/integrations/gradient/exports/{exportId}/lines";
// receipts come in chunks; more often would show nothing new
const everyMs = 3000;

const columnsFor = (run: Run): Column<Receipt>[] => [
  {
    title: "Customer and service",
    cell: (line) => {
      const { tone, text } = lineOutcomeWords(line.outcome, run);
      return (
        <>
          <bdi>{line.customerName}</bdi>
          <span className="second">
            <bdi>{line.serviceName}</bdi>
          </span>
          <span className="second">
            <Badge tone={tone}>{text}</Badge>
          </span>
          {isDryRun(run) && line.outcome === "deferred" ? null : (
            <>
              {line.reason === null ? null : <span className="second">{line.reason}</span>}
              {line.whatToDo === null ? null : <span className="second what-to-do">{line.whatToDo}</span>}
            </>
          )}
        </>
      );
    },
  },
  { title: "Before", isNumber: true, cell: ({ previousUnitCount }) => numberOf(previousUnitCount) },
  { title: isDryRun(run) ? "Would be" : "Count", isNumber: true, cell: ({ unitCount }) => numberOf(unitCount) },
  {
    title: "Change",
    isNumber: true,
    cell: ({ unitCount, previousUnitCount }) => (
      <Change by={unitCount === null || previousUnitCount === null ? null : unitCount - previousUnitCount} />
    ),
  },
  {
    title: isDryRun(run) ? "As of" : "Sent",
    isTime: true,
    cell: ({ asOf, sentAt }) =>
      isDryRun(run) ? (
        momentOf(asOf)
      ) : (
        <>
          {momentOf(sentAt)}
          <span className="second">as of {momentOf(asOf)}</span>
        </>
      ),
  },
];

interface FiltersProps {
  run: Run;
  outcome: LineOutcome | undefined;
  choose(outcome: LineOutcome | undefined): void;
}

const Filters = ({ run, outcome, choose }: FiltersProps) => {
  const there = lineOutcomes.filter((one) => run.totals[one] > 0);
  if (there.length < 2) return null;
  return (
    <fieldset className="chips">
      <legend className="unseen">Show the lines that are</legend>
      <button type="button" aria-pressed={outcome === undefined} onClick={() => choose(undefined)}>
        All {numberOf(run.settled)}
      </button>
      {there.map((one) => (
        <button key={one} type="button" aria-pressed={outcome === one} onClick={() => choose(one)}>
          {lineOutcomeWords(one, run).text} {numberOf(run.totals[one])}
        </button>
      ))}
    </fieldset>
  );
};

const keyOf = ({ customerId, serviceId }: Receipt): string => `${customerId}\n${serviceId}`;

/** A receipt for each line, those of one outcome, or of a dry run the differences. */
export const Receipts = ({ run }: { run: Run }) => {
  const first: LineOutcome | undefined = isDryRun(run) && run.totals.deferred > 0 ? "deferred" : undefined;
  const [chosen, setChosen] = useState<{ outcome: LineOutcome | undefined } | undefined>(undefined);
  const outcome = chosen === undefined ? first : chosen.outcome;
  const list = useList(
    route,
    (cursor) => ({ path: { exportId: run.id }, query: { cursor, ...(outcome === undefined ? {} : { outcome }) } }),
    (body) => body,
    isOver(run) ? {} : { everyMs },
  );
  if (run.totals.lines === 0) return null;
  const asked = { path: { exportId: run.id }, ...(outcome === undefined ? {} : { query: { outcome } }) };
  return (
    <>
      <div className="row apart">
        <h3>{isDryRun(run) ? "What would be sent" : "Receipts"}</h3>
        {isOver(run) ? <CsvButton route={route} asked={asked} /> : null}
      </div>
      <Filters run={run} outcome={outcome} choose={(one) => setChosen({ outcome: one })} />
      <Paged
        list={list}
        one="line"
        empty={<p>{isOver(run) ? `None of the ${countOf(run.totals.lines, "line")}.` : "None so far."}</p>}
      >
        {(receipts) => <Table caption="Lines of this run" columns={columnsFor(run)} rows={receipts} keyOf={keyOf} />}
      </Paged>
    </>
  );
};
