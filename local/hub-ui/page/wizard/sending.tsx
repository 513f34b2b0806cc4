import { useId } from "react";
import { Notice } from "../../../page-parts/notice.tsx";
import { momentOf, numberOf } from "../../../page-parts/words.ts";
import { useAnswer, useChange } from "../answers.ts";
import { Answered } from "../parts/answered.tsx";
import { Button } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import { MayChange } from "../parts/may-change.tsx";
import { isOver, type Run } from "../screens/runs/run-words.ts";
import type { Integration } from "../states.ts";
import { outcomeWords, waitingWords } from "./export-words.ts";
import { useHeadingFocus } from "./focus.ts";

/** *Send usage*: what runs now, what waits and why, and how the last run ended. */
export const Sending = ({ integration }: { integration: Integration }) => {
  const starting = useChange("POST /v1/integrations/gradient/exports");
  const { runningId, waiting, last, nextRunAt } = integration.exports;
  const shownId = runningId ?? last?.id;
  const send = () => starting.mutate({ body: {} });
  // the button to cancel goes with the run
  const heading = useHeadingFocus(runningId ?? "");
  const because =
    runningId !== null
      ? "It is being sent now."
      : integration.state === "active"
        ? undefined
        : "Usage is sent once the first two steps are done and Gradient takes your key.";
  return (
    <section className="card">
      <h3 ref={heading} tabIndex={-1}>
        Send usage to Gradient
      </h3>
      <p>
        Usage is sent by itself{nextRunAt === null ? "" : `, next on ${momentOf(nextRunAt)}`}. Whatever has changed
        since can be sent now.
      </p>
      {waiting === null ? null : (
        <Notice tone="neutral" title={waitingWords(waiting)}>
          <span className="small">
            Since {momentOf(waiting.since)}. It goes out by itself; you can close this page.
          </span>
        </Notice>
      )}
      {shownId === undefined ? null : <ShownRun key={shownId} exportId={shownId} isRunning={runningId !== null} />}
      <Failure error={starting.error} onRetry={send} />
      <MayChange>
        <div className="row">
          <Button kind="primary" onPress={send} isPending={starting.isPending} because={because}>
            Send usage
          </Button>
        </div>
      </MayChange>
    </section>
  );
};

const ShownRun = ({ exportId, isRunning }: { exportId: string; isRunning: boolean }) => {
  const run = useAnswer(
    "GET /v1/integrations/gradient/exports/{exportId}",
    { path: { exportId } },
    { everyMs: isRunning ? 1000 : undefined },
  );
  return <Answered answer={run}>{(now) => (isOver(now) ? <Ended run={now} /> : <Progress run={now} />)}</Answered>;
};

const Progress = ({ run }: { run: Run }) => {
  const cancelling = useChange("DELETE /v1/integrations/gradient/exports/{exportId}");
  const id = useId();
  const cancel = () => cancelling.mutate({ path: { exportId: run.id }, body: {} });
  const { settled, totals, state } = run;
  return (
    <div className="run">
      <p id={id} role="status">
        {state === "planned" ? (
          "Usage is being sent: the lines are being counted."
        ) : (
          <>
            Usage is being sent: <strong>{numberOf(settled)}</strong> of {numberOf(totals.lines)} lines.
          </>
        )}
      </p>
      <progress
        aria-labelledby={id}
        {...(state === "planned" ? {} : { max: Math.max(totals.lines, 1), value: settled })}
      />
      <Failure error={cancelling.error} onRetry={cancel} />
      <MayChange>
        <div className="row">
          <Button onPress={cancel} isPending={cancelling.isPending}>
            Cancel sending
          </Button>
          <span className="quiet small">What was sent stays in Gradient; the rest goes with the next run.</span>
        </div>
      </MayChange>
    </div>
  );
};

const Ended = ({ run }: { run: Run }) => {
  const { tone, title } = outcomeWords(run);
  const { lines, accepted, unchanged, unmapped, rejected, deferred } = run.totals;
  const counts: [string, number][] = [
    ["accepted by Gradient", accepted],
    ["unchanged since last time", unchanged],
    ["not mapped, so not billed", unmapped],
    ["rejected by Gradient", rejected],
    ["left for the next run", deferred],
  ];
  return (
    <Notice tone={tone} title={title}>
      <p>
        {momentOf(run.finishedAt)} · {numberOf(lines)} lines
      </p>
      <ul>
        {counts
          .filter(([, count]) => count > 0)
          .map(([what, count]) => (
            <li key={what}>
              <strong>{numberOf(count)}</strong> {what}
            </li>
          ))}
      </ul>
      <a href={`#/history/${encodeURIComponent(run.id)}`}>See each line's receipt</a>
    </Notice>
  );
};
