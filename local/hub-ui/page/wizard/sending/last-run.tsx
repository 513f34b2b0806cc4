import { Notice } from "../../../../page-parts/notice.tsx";
import { countOf, momentOf, numberOf } from "../../../../page-parts/words.ts";
import { useAnswer } from "../../answers.ts";
import { Answered } from "../../parts/answered.tsx";
import type { Run } from "../../screens/runs/run-words.ts";
import { outcomeWords } from "./export-words.ts";

/** How the last run ended, in numbers. */
export const LastRun = ({ id }: { id: string }) => {
  const run = useAnswer("GET /v1/integrations/gradient/exports/{exportId}", { path: { exportId: id } });
  return <Answered answer={run}>{(now) => <Ended run={now} />}</Answered>;
};

export const Ended = ({ run }: { run: Run }) => {
  const { tone, title } = outcomeWords(run);
  const { lines, accepted, unchanged, unmapped, rejected, deferred } = run.totals;
  const counts: [string, number][] = [
    ["accepted by Gradient", accepted],
    // the counts that a look tries, too: of a first run, they are the only ones
    ["accepted already, while the mapping was checked or by an earlier run", unchanged],
    ["not mapped, so not billed", unmapped],
    ["rejected by Gradient", rejected],
    ["left for the next run", deferred],
  ];
  return (
    <Notice tone={tone} title={title}>
      <p>
        {momentOf(run.finishedAt)} · {countOf(lines, "line")}
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
