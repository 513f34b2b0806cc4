import { useChange } from "../../answers.ts";
import { useIntegration } from "../../integration.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import type { Integration } from "../../states.ts";
import { isDryRun, type Run } from "./run-words.ts";

/** What becomes of the lines that a cancelled run leaves: zeros of a disconnect are tried again until it is over. */
export const restWords = (integration: Pick<Integration, "disconnecting"> | undefined): string =>
  integration?.disconnecting
    ? "The rest is set to zero with another try, within hours. To end that for good, connect again."
    : "The rest goes with the next run.";

/** What becomes of what a cancelled run has sent, and of its rest. */
export const cancelWords = (run: Pick<Run, "mode">, integration: Parameters<typeof restWords>[0]): string =>
  isDryRun(run)
    ? "It only compares, and sends nothing."
    : `What Gradient has accepted by then stays accepted. ${restWords(integration)}`;

/** Ends a run that is under way. */
export const Cancel = ({ run }: { run: Run }) => {
  const cancel = useChange("DELETE /v1/integrations/gradient/exports/{exportId}");
  const { data: integration } = useIntegration();
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
          <span className="quiet small">{cancelWords(run, integration)}</span>
        </div>
      </MayChange>
      <Failure error={cancel.error} />
    </>
  );
};
