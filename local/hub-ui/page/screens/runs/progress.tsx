import { isOver, progressOf, progressWords, type Run } from "./run-words.ts";

/** How far a run is that is under way. */
export const Progress = ({ run }: { run: Run }) => {
  if (isOver(run)) return null;
  const progress = progressOf(run);
  return (
    <div className="progress">
      <progress aria-label="Lines of this run that are done" max={progress?.of} value={progress?.done} />
      <p className="quiet small">{progressWords(run)}</p>
    </div>
  );
};
