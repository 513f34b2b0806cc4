import { useEffect, useState } from "react";
import { momentOf } from "../../../../page-parts/words.ts";
import { isOver, type Run } from "./run-words.ts";

/** Since when a run is as far as it is, as far as this page has seen, or its start where it has not got anywhere. */
export interface Standing {
  settled: string;
  at: number;
}

export const standingOf = (before: Standing | undefined, run: Run, now: number): Standing => {
  const settled = `${run.id} ${run.state} ${run.totals.lines} ${run.settled}`;
  if (before?.settled === settled) return before;
  const startedAt = Date.parse(run.startedAt ?? run.createdAt);
  return { settled, at: before === undefined && run.settled === 0 ? Math.min(startedAt, now) : now };
};

// Twenty runs share the rate on a busy night: each settles a chunk of 95 lines every 20 seconds then, and fewer while
// people's runs go ahead. Large runs choose their lines one after the other.
const usualMs = 60_000;
const usualPlanningMs = 180_000;

/** Said of a run that gets nowhere for longer than is usual; null of one that does. */
export const standstillWords = ({ at }: Standing, run: Run, now: number): string | null => {
  const usual = run.state === "planned" ? usualPlanningMs : usualMs;
  return isOver(run) || now - at < usual ? null : `No progress since ${momentOf(new Date(at).toISOString())}`;
};

/** Looked at each second: what stands still brings no news by itself. */
export const useStandstill = (run: Run): string | null => {
  const [now, setNow] = useState(Date.now);
  const [standing, setStanding] = useState<Standing | undefined>(undefined);
  const current = standingOf(standing, run, now);
  if (current !== standing) setStanding(current);
  const isUnderWay = !isOver(run);
  useEffect(() => {
    if (!isUnderWay) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isUnderWay]);
  return standstillWords(current, run, now);
};
