import { useDeferredValue, useMemo, useState } from "react";
import { goTo, useAddress } from "../../../page-parts/address.ts";
import { Badge, Notice } from "../../../page-parts/notice.tsx";
import { countOf, momentOf, numberOf } from "../../../page-parts/words.ts";
import { useIntegration } from "../integration.ts";
import { Answered, Loading } from "../parts/answered.tsx";
import type { Integration } from "../states.ts";
import { CsvButton } from "./csv/csv-button.tsx";
import { type Column, Table } from "./tables/table.tsx";
import { type AllLines, type UsageLine, useAllLines, useReadAfterRuns } from "./usage/all-lines.ts";
import { Change, lineWords } from "./usage/line-words.tsx";
import { changeOf, type LineState, stateOf } from "./usage/sum-up.ts";

const columns: readonly Column<UsageLine>[] = [
  {
    title: "Customer and service",
    cell: (line) => (
      <>
        <bdi>{line.customerName}</bdi>
        <span className="second">
          <bdi>{line.serviceName}</bdi>
        </span>
        <span className="second only-narrow">as of {momentOf(line.asOf)}</span>
        <StateBadge line={line} />
      </>
    ),
  },
  { title: "Now", isNumber: true, cell: (line) => numberOf(line.unitCount) },
  {
    title: "Accepted",
    isNumber: true,
    cell: ({ lastAccepted }) => (
      <>
        {numberOf(lastAccepted?.unitCount)}
        {lastAccepted === null ? null : <span className="second only-wide">{momentOf(lastAccepted.at)}</span>}
      </>
    ),
  },
  { title: "Change", isNumber: true, cell: (line) => <Change by={changeOf(line)} /> },
  { title: "As of", isTime: true, onlyWide: true, cell: (line) => momentOf(line.asOf) },
];

const StateBadge = ({ line }: { line: UsageLine }) => {
  const state = stateOf(line);
  if (state === "in") return null;
  const { tone, text } = lineWords[state];
  return (
    <span className="second">
      <Badge tone={tone}>{text}</Badge>
    </span>
  );
};

const keyOf = ({ customerId, serviceId }: UsageLine): string => `${customerId}\n${serviceId}`;

/** What a line is searched by. Made once: a key pressed must not wait for thousands of names. */
const textOf = ({ customerName, serviceName }: UsageLine): string => `${customerName}\n${serviceName}`.toLowerCase();

const filters: readonly { name: string; title: string; takes(state: LineState): boolean }[] = [
  { name: "all", title: "All lines", takes: () => true },
  { name: "missing", title: "Not as Gradient has it", takes: (state) => state !== "in" },
  { name: "unmapped", title: lineWords.unmapped.text, takes: (state) => state === "unmapped" },
  { name: "changed", title: lineWords.changed.text, takes: (state) => state === "changed" },
  { name: "refused", title: lineWords.refused.text, takes: (state) => state === "refused" },
  { name: "unknown", title: lineWords.unknown.text, takes: (state) => state === "unknown" },
];

const Lines = ({ lines, isAll }: AllLines) => {
  const [, , wanted] = useAddress().split("/");
  const filter = filters.find(({ name }) => name === wanted) ?? filters[0];
  const [search, setSearch] = useState("");
  const deferred = useDeferredValue(search);
  const texts = useMemo(() => lines.map(textOf), [lines]);
  const found = useMemo(() => {
    const text = deferred.trim().toLowerCase();
    return lines.filter(
      (line, index) =>
        (filter?.takes(stateOf(line)) ?? true) && (text === "" || (texts[index]?.includes(text) ?? false)),
    );
  }, [lines, texts, filter, deferred]);
  // while somebody types, the table stays as it is
  const table = useMemo(
    () => <Table caption="What each customer uses of each service" columns={columns} rows={found} keyOf={keyOf} />,
    [found],
  );
  return (
    <>
      {isAll ? null : (
        <Notice tone="neutral" title={`These are the first ${numberOf(lines.length)} lines`}>
          All of them are in the CSV file.
        </Notice>
      )}
      <div className="filters">
        <label>
          Customer or service
          <input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
        </label>
        <label>
          Show
          <select value={filter?.name} onChange={(event) => goTo(`/usage/${event.target.value}`)}>
            {filters.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p role="status" className="quiet small">
        {countOf(found.length, "line")}
        {found.length === lines.length ? "" : ` of ${numberOf(lines.length)}`}
      </p>
      {found.length === 0 ? (
        <p>{lines.length === 0 ? "The hub has counted nothing for you yet." : "No line is like that."}</p>
      ) : (
        table
      )}
    </>
  );
};

/** Of lines that say "not sent yet": nobody sends them while the partner is not connected. */
export const NothingIsSent = ({
  state,
  disconnecting,
  token,
}: Pick<Integration, "state" | "disconnecting" | "token">) => {
  if (state === "suspended")
    return (
      <Notice tone="warn">
        Nothing is sent until {token?.status === "rejected" ? "the key is replaced" : "Gradient is connected again"}.
        Then all of it is, by itself.
      </Notice>
    );
  if (state !== "disconnected") return null;
  return (
    <Notice tone="neutral">
      {disconnecting === null
        ? "Gradient is not connected, and nothing is sent. "
        : "Gradient is not connected any more, and only zeros are sent. "}
      What it had accepted by then is not shown here: it stands in the <a href="#/history">history</a>.
    </Notice>
  );
};

/** Every line: what is used now, what Gradient has accepted last, and the difference. */
export default function Usage() {
  const { answer, soFar } = useAllLines();
  const { data: integration } = useIntegration();
  useReadAfterRuns();
  return (
    <section className="card" aria-labelledby="usage">
      <div className="row apart">
        <h2 id="usage">Usage by customer and service</h2>
        <CsvButton route="GET /v1/integrations/gradient/usage" />
      </div>
      <p className="quiet">
        What the hub has counted, and what Gradient has accepted last. Accepted is not approved yet: you approve each
        change in Gradient.
      </p>
      {integration === undefined ? null : <NothingIsSent {...integration} />}
      {answer.data === undefined && answer.error === null && soFar > 0 ? (
        <Loading what={`Reading… ${countOf(soFar, "line")} so far`} />
      ) : (
        <Answered answer={answer}>{(all) => <Lines {...all} />}</Answered>
      )}
    </section>
  );
}
