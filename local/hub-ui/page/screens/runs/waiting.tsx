import { Notice } from "../../../../page-parts/notice.tsx";
import { momentOf } from "../../../../page-parts/words.ts";
import type { Integration } from "../../states.ts";
import { waitingWords } from "../../wizard/sending/export-words.ts";

interface WaitingProps {
  wait: NonNullable<Integration["exports"]["waiting"]>;
  /** Looks at the mapping wait, and no run. */
  isMapping?: boolean;
}

// what passes by itself within minutes
const usual = new Set(["turn", "retry"]);

/** What usage waits for, since when, and until when. */
export const Waiting = ({ wait, isMapping = false }: WaitingProps) => (
  <Notice tone={usual.has(wait.why) ? "neutral" : "warn"} title={waitingWords(wait, { isMapping })}>
    {isMapping
      ? `What you have mapped since ${momentOf(wait.since)} is not seen yet. Nothing is lost: it is looked for by itself.`
      : `Your usage waits since ${momentOf(wait.since)}. Nothing is lost: it is sent by itself.`}
  </Notice>
);
