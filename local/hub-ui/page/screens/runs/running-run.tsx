import { useIntegration } from "../../integration.ts";
import { Answered } from "../../parts/answered.tsx";
import { Cancel } from "./cancel.tsx";
import { Progress } from "./progress.tsx";
import { isOver } from "./run-words.ts";
import { useRun } from "./use-run.ts";

/** The run that is under way: how far it is, and how to end it. */
export const RunningRun = ({ id }: { id: string }) => {
  const run = useRun(id);
  const { data: integration } = useIntegration();
  return (
    <div className="under-way">
      <h3>{integration?.disconnecting ? "Zeros are being sent" : "Usage is being sent"}</h3>
      <Answered answer={run}>
        {(data) => (
          <>
            <Progress run={data} />
            {isOver(data) ? null : <Cancel run={data} />}
          </>
        )}
      </Answered>
      <p>
        <a href={`#/history/${encodeURIComponent(id)}`}>Show this run</a>
      </p>
    </div>
  );
};
