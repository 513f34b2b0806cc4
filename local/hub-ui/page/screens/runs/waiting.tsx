import { Notice } from "../../../../page-parts/notice.tsx";
import { momentOf } from "../../../../page-parts/words.ts";
import { isToldBy } from "../../hold.ts";
import type { Integration } from "../../states.ts";
import { waitingWords } from "../../wizard/sending/export-words.ts";

interface WaitingProps {
  integration: Pick<Integration, "state" | "problems" | "exports">;
}

// what passes by itself within minutes
const usual = new Set(["turn", "retry"]);

/** What usage waits for, since when, and until when; nothing where the problem above it has said so. */
export const Waiting = ({ integration }: WaitingProps) => {
  const wait = integration.exports.waiting;
  if (wait === null || isToldBy(wait, integration)) return null;
  // looks at the mapping wait, and no run
  const isMapping = integration.state === "awaiting-mapping";
  return (
    <Notice tone={usual.has(wait.why) ? "neutral" : "warn"} title={waitingWords(wait, { isMapping })}>
      {isMapping
        ? `What you have mapped since ${momentOf(wait.since)} is not seen yet. Nothing is lost: it is looked for by itself.`
        : `Your usage waits since ${momentOf(wait.since)}. Nothing is lost: it is sent by itself.`}
    </Notice>
  );
};
