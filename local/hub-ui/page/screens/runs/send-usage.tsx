import { goTo } from "../../../../page-parts/address.ts";
import { Refused, useChange } from "../../answers.ts";
import { whyHeld } from "../../hold.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import type { Integration } from "../../states.ts";

const start = "POST /v1/integrations/gradient/exports";

/** A start that another run keeps back leads to that one. */
const runningIn = (error: unknown): string | undefined => {
  const id = error instanceof Refused ? error.problem.exportId : undefined;
  return typeof id === "string" ? id : undefined;
};

const showRun = ({ id }: { id: string }) => goTo(`/history/${id}`);

/** Starts a run and leads to it, or stays in the place where it is shown. */
export const useStart = ({ isInPlace = false } = {}) => {
  const { mutate, isPending, error, variables } = useChange(start);
  const runningId = runningIn(error);
  return {
    begin: (body: NonNullable<Parameters<typeof mutate>[0]["body"]>) =>
      mutate({ body }, isInPlace ? {} : { onSuccess: showRun }),
    isPending,
    pendingMode: isPending ? (variables?.asked.body?.mode ?? "changes") : undefined,
    told: (
      <>
        <Failure error={error} />
        {runningId === undefined ? null : (
          <p>
            <a href={`#/history/${runningId}`}>Show the run that is under way</a>
          </p>
        )}
      </>
    ),
  };
};

/** A run that a hold keeps from Gradient would end as failed at once, and what it is for goes by itself afterwards. */
export const whyNot = (integration: Pick<Integration, "state" | "exports" | "problems">): string | undefined => {
  const { state, exports } = integration;
  if (state !== "active" && state !== "awaiting-mapping") return "Possible once Gradient is connected.";
  return exports.runningId === null ? whyHeld(integration) : "A run is under way.";
};

interface SendUsageProps {
  integration: Integration;
  /** The run is shown beside it: nothing leads away from here, and the dry run is left out. */
  isInPlace?: boolean;
}

/** *Send usage* and a dry run; each leads to its run. */
export const SendUsage = ({ integration, isInPlace = false }: SendUsageProps) => {
  const { begin, pendingMode, told } = useStart({ isInPlace });
  const because = whyNot(integration);
  const mayDryRun = !isInPlace && (integration.state === "active" || integration.state === "awaiting-mapping");
  return (
    <>
      <div className="row">
        <MayChange>
          <Button
            {...(isInPlace ? {} : { kind: "primary" as const })}
            onPress={() => begin({ mode: "changes" })}
            isPending={pendingMode === "changes"}
            because={because}
          >
            Send usage
          </Button>
        </MayChange>
        {mayDryRun ? (
          <Button onPress={() => begin({ mode: "dry-run" })} isPending={pendingMode === "dry-run"}>
            Try a dry run
          </Button>
        ) : null}
      </div>
      {told}
    </>
  );
};

/** For whoever does not trust what is said to be unchanged. */
export const SendEverything = ({ integration }: { integration: Integration }) => {
  const { begin, isPending, told } = useStart();
  return (
    <details>
      <summary>Send everything again</summary>
      <p className="quiet">
        Every count is sent, also those that Gradient has accepted before. The service does so by itself from time to
        time; nothing is counted twice.
      </p>
      <MayChange>
        <Button onPress={() => begin({ mode: "full" })} isPending={isPending} because={whyNot(integration)}>
          Send everything
        </Button>
      </MayChange>
      {told}
    </details>
  );
};
