import { countOf, numberOf } from "../../../../page-parts/words.ts";
import { isOver, type Run } from "./run-words.ts";

/** How far a run is that is under way. */
export const Progress = ({ run }: { run: Run }) => {
  const { settled, totals, state } = run;
  if (isOver(run)) return null;
  const isKnown = state !== "planned" && totals.lines > 0;
  return (
    <div className="progress">
      <progress
        aria-label="Lines of this run that are done"
        max={isKnown ? totals.lines : undefined}
        value={isKnown ? settled : undefined}
      />
      <p className="quiet small">
        {isKnown ? `${numberOf(settled)} of ${countOf(totals.lines, "line")}` : "Looking up what has changed…"}
      </p>
    </div>
  );
};
