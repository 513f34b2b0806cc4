import { Notice } from "../../../../page-parts/notice.tsx";
import { isOver, progressOf, progressWords, type Run } from "./run-words.ts";
import { useStandstill } from "./standstill.ts";

/** How far a run is that is under way, and what happens where it gets nowhere. */
export const Progress = ({ run }: { run: Run }) => {
  const standstill = useStandstill(run);
  if (isOver(run)) return null;
  const progress = progressOf(run);
  return (
    <div className="progress">
      <progress aria-label="Lines of this run that are done" max={progress?.of} value={progress?.done} />
      <p className="quiet small">{progressWords(run)}</p>
      {standstill === null ? null : (
        <Notice tone="warn" title={standstill}>
          Gradient is slow or refuses calls for the moment, or our service was interrupted. It is tried again by itself,
          and a run that was interrupted is taken up again within minutes: nothing is lost or counted twice.
        </Notice>
      )}
    </div>
  );
};
