import { useChange } from "../../answers.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import type { Run } from "./run-words.ts";

/** Ends a run that is under way. */
export const Cancel = ({ run }: { run: Run }) => {
  const cancel = useChange("DELETE /v1/integrations/gradient/exports/{exportId}");
  const isAsked = run.stoppedBy === "cancelled";
  return (
    <>
      <MayChange>
        <div className="row">
          <Button
            kind="danger"
            onPress={() => cancel.mutate({ path: { exportId: run.id } })}
            isPending={cancel.isPending || isAsked}
          >
            {isAsked ? "Being cancelled…" : "Cancel this run"}
          </Button>
          <span className="quiet small">
            What Gradient has accepted by then stays accepted. The rest goes with the next run.
          </span>
        </div>
      </MayChange>
      <Failure error={cancel.error} />
    </>
  );
};
