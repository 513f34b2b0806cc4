import { Answered } from "../../parts/answered.tsx";
import { Progress } from "../runs/progress.tsx";
import { useRun } from "../runs/use-run.ts";

/** The run that is under way, beside what it will change. */
export const RunningRun = ({ id }: { id: string }) => {
  const run = useRun(id);
  return (
    <div className="under-way">
      <h3>Usage is being sent</h3>
      <Answered answer={run}>{(data) => <Progress run={data} />}</Answered>
      <p>
        <a href={`#/history/${id}`}>Show this run</a>
      </p>
    </div>
  );
};
