import { Badge } from "../../../../page-parts/notice.tsx";
import { momentOf } from "../../../../page-parts/words.ts";
import { useAnswer } from "../../answers.ts";
import type { Integration } from "../../states.ts";
import { outcomeWords, runWords } from "../runs/run-words.ts";

/** How the last run ended. That somebody has cancelled it stands in the run alone. */
export const LastRun = ({ last }: { last: NonNullable<Integration["exports"]["last"]> }) => {
  const { data: run } = useAnswer("GET /v1/integrations/gradient/exports/{exportId}", { path: { exportId: last.id } });
  const { tone, text } = run === undefined ? outcomeWords(last.outcome) : runWords(run);
  return (
    <>
      <Badge tone={tone}>{text}</Badge> <a href={`#/history/${last.id}`}>{momentOf(last.finishedAt)}</a>
    </>
  );
};
