import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useAnswer } from "../../answers.ts";
import { isOver } from "./run-words.ts";

const everyMs = 1000;

/** One run, read every second until it is over; then everything else on the screen is read anew. */
export const useRun = (exportId: string) => {
  const queries = useQueryClient();
  // whether somebody saw it under way, and whether it has ended since
  const [stage, setStage] = useState<"unknown" | "under way" | "over">("unknown");
  const run = useAnswer(
    "GET /v1/integrations/gradient/exports/{exportId}",
    { path: { exportId } },
    { everyMs: stage === "over" ? undefined : everyMs },
  );
  const isNowOver = run.data === undefined ? undefined : isOver(run.data);
  useEffect(() => {
    if (isNowOver === undefined) return;
    setStage(isNowOver ? "over" : "under way");
    if (isNowOver && stage === "under way") void queries.invalidateQueries();
  }, [isNowOver, stage, queries]);
  return run;
};
