import { useIntegration } from "../../integration.ts";
import { Disconnecting } from "../../parts/disconnecting.tsx";
import { Problems } from "../../parts/problems.tsx";
import { isDryRun, isOver, leftOverLines, type Run } from "./run-words.ts";
import { Waiting } from "./waiting.tsx";

const isOfSending = ({ code }: { code: string }): boolean => code.startsWith("gradient.") || code.startsWith("token.");

/** What is in the way of a run that is under way, or of what one has left over, and when that is tried again. */
export const WhatComesNext = ({ run }: { run: Run }) => {
  const { data: integration } = useIntegration();
  if (integration === undefined || isDryRun(run)) return null;
  const { last, runningId } = integration.exports;
  const isLast = last?.id === run.id && leftOverLines(run) > 0;
  if (isOver(run) && !isLast) return null;
  return (
    <>
      <Problems integration={integration} isShown={isOfSending} />
      <Disconnecting integration={integration} />
      <Waiting integration={integration} />
      {!isOver(run) || runningId === null ? null : (
        <p>
          <a href={`#/history/${encodeURIComponent(runningId)}`}>Show the run that is under way now</a>
        </p>
      )}
    </>
  );
};
