import { useEffect, useRef } from "react";
import { Badge, Notice } from "../../../../page-parts/notice.tsx";
import { countOf, momentOf } from "../../../../page-parts/words.ts";
import { whyHeld } from "../../hold.ts";
import { useIntegration } from "../../integration.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import { useSession } from "../../session.ts";
import { Cancel } from "./cancel.tsx";
import { NotNow } from "./not-now.tsx";
import { Progress } from "./progress.tsx";
import { Receipts } from "./receipts.tsx";
import {
  isDryRun,
  isOver,
  leftOverLines,
  leftOverWords,
  type Run,
  runWords,
  totalsInWords,
  whyNothing,
  whyStarted,
  whyStopped,
} from "./run-words.ts";
import { useStart } from "./send-usage.tsx";
import { useRun } from "./use-run.ts";
import { WhatComesNext } from "./what-comes-next.tsx";

const kindOf = ({ mode, customerIds, serviceIds, retryOf }: Run): string => {
  if (retryOf !== null) return "Only what another run left over";
  const narrowed = [
    customerIds === null ? "" : countOf(customerIds.length, "customer"),
    serviceIds === null ? "" : countOf(serviceIds.length, "service"),
  ].filter((part) => part !== "");
  const scope = narrowed.length === 0 ? "" : `, only ${narrowed.join(" and ")}`;
  if (mode === "dry-run") return `Dry run: nothing is sent${scope}`;
  if (mode === "full") return `Everything${scope}`;
  return mode === "changes" ? `What has changed${scope}` : `${mode}${scope}`;
};

const SendLeftOver = ({ run }: { run: Run }) => {
  const { begin, isPending, told } = useStart();
  const { data: integration } = useIntegration();
  const left = leftOverLines(run);
  // a run that ended before its lines were fixed has nothing that could be sent again
  if (isDryRun(run) || left === 0) return null;
  if (integration !== undefined && integration.state !== "active") return <NotNow integration={integration} />;
  // what is not mapped is mapped first: sent again as it is, it ends the same
  const isUnmapped = run.totals.unmapped === left;
  return (
    <>
      <MayChange>
        <div className="row">
          <Button
            {...(isUnmapped ? {} : { kind: "primary" as const })}
            onPress={() => begin({ mode: "changes", retryOf: run.id })}
            isPending={isPending}
            because={integration === undefined ? undefined : whyHeld(integration)}
          >
            Send only what was left over
          </Button>
          <span className="quiet small">
            {leftOverWords(run)}{" "}
            {isUnmapped ? (
              <>
                <a href="#/connect/2">Map {left === 1 ? "it" : "them"} first</a>: then all is sent by itself.
              </>
            ) : null}
          </span>
        </div>
      </MayChange>
      {told}
    </>
  );
};

const Facts = ({ run }: { run: Run }) => {
  const session = useSession();
  const { tone, text } = runWords(run);
  return (
    <dl className="facts">
      <dt>Outcome</dt>
      <dd>
        <Badge tone={tone}>{text}</Badge>
        {isOver(run) ? <span className="second">{whyNothing(run) ?? totalsInWords(run)}</span> : null}
      </dd>
      <dt>Why</dt>
      <dd>{whyStarted(run, session)}</dd>
      <dt>What</dt>
      <dd>
        {kindOf(run)}
        {run.retryOf === null ? null : (
          <>
            {" · "}
            <a href={`#/history/${run.retryOf}`}>Show that run</a>
          </>
        )}
      </dd>
      <dt>Started</dt>
      <dd>{momentOf(run.startedAt ?? run.createdAt)}</dd>
      <dt>Ended</dt>
      <dd>{momentOf(run.finishedAt)}</dd>
    </dl>
  );
};

const Body = ({ run }: { run: Run }) => {
  const stopped = whyStopped(run);
  return (
    <>
      <Facts run={run} />
      {stopped === null || !isOver(run) ? null : <Notice tone="warn">{stopped}</Notice>}
      <Progress run={run} />
      <WhatComesNext run={run} />
      {isOver(run) ? <SendLeftOver run={run} /> : <Cancel run={run} />}
      <Receipts run={run} />
    </>
  );
};

/** One run: how it went or goes, and a receipt for each line. */
export const OneRun = ({ id }: { id: string }) => {
  const run = useRun(id);
  const heading = useRef<HTMLHeadingElement>(null);
  // whoever came by a link of this page goes on reading here
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="card" aria-labelledby="run">
      <p className="small">
        <a href="#/history">All runs</a>
      </p>
      <h2 id="run" ref={heading} tabIndex={-1}>
        {run.data === undefined ? "Run" : `Run of ${momentOf(run.data.createdAt)}`}
      </h2>
      <Answered answer={run}>{(data) => <Body run={data} />}</Answered>
    </section>
  );
};
