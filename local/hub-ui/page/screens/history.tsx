import { useAddress } from "../../../page-parts/address.ts";
import { Badge } from "../../../page-parts/notice.tsx";
import { momentOf } from "../../../page-parts/words.ts";
import { useList } from "../answers.ts";
import { useIntegration } from "../integration.ts";
import { Answered } from "../parts/answered.tsx";
import { Paged } from "../parts/paged.tsx";
import { type Session, useSession } from "../session.ts";
import { OneRun } from "./runs/one-run.tsx";
import { isOver, progressWords, type Run, runWords, totalsInWords, whyNothing, whyStarted } from "./runs/run-words.ts";
import { SendEverything, SendUsage } from "./runs/send-usage.tsx";
import { type Column, Table } from "./tables/table.tsx";

const columnsFor = (session: Session): Column<Run>[] => [
  {
    title: "Started",
    cell: (run) => (
      <>
        <a href={`#/history/${run.id}`}>{momentOf(run.createdAt)}</a>
        <span className="second">{whyStarted(run, session)}</span>
      </>
    ),
  },
  {
    title: "Outcome",
    cell: (run) => {
      const { tone, text } = runWords(run);
      return <Badge tone={tone}>{text}</Badge>;
    },
  },
  {
    title: "Lines",
    cell: (run) => (isOver(run) ? (whyNothing(run) ?? totalsInWords(run)) : progressWords(run)),
  },
];

const Runs = () => {
  const session = useSession();
  const list = useList(
    "GET /v1/integrations/gradient/exports",
    (cursor) => ({ query: { cursor } }),
    (body) => body,
  );
  return (
    <Paged list={list} one="run" empty={<p>Nothing was sent yet.</p>}>
      {(runs) => (
        <Table caption="Runs, newest first" columns={columnsFor(session)} rows={runs} keyOf={({ id }) => id} />
      )}
    </Paged>
  );
};

/** What was sent, when, why and by whom; and one run with its receipts. */
export default function History() {
  const [, , exportId = ""] = useAddress().split("/");
  const integration = useIntegration();
  if (exportId !== "") return <OneRun key={exportId} id={exportId} />;
  return (
    <section className="card" aria-labelledby="history">
      <h2 id="history">What was sent</h2>
      <p className="quiet">Every run of the last 13 months, by itself or by somebody, newest first.</p>
      <Answered answer={integration}>
        {(data) =>
          data.state === "not-started" ? null : (
            <>
              <SendUsage integration={data} />
              <SendEverything integration={data} />
            </>
          )
        }
      </Answered>
      <Runs />
    </section>
  );
}
