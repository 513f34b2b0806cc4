import { momentOf } from "../../../../page-parts/words.ts";
import { useChange } from "../../answers.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Coverage } from "./coverage.tsx";
import type { Mapping } from "./mapping.ts";
import { useLooks } from "./use-looks.ts";

interface LookedProps {
  mapping: Mapping;
  /** Before, nobody knows what Gradient has matched by itself. */
  isKnown: boolean;
}

/** What was found when Gradient was looked at last, and *Check now* for another look. */
export const Looked = ({ mapping, isKnown }: LookedProps) => {
  const checking = useChange("POST /v1/integrations/gradient/mapping/checks");
  const check = () => checking.mutate({ body: {} });
  useLooks(mapping);
  return (
    <>
      {isKnown ? (
        <Coverage accounts={mapping.accounts} services={mapping.services} />
      ) : (
        <p role="status">
          <span className="spinner" aria-hidden="true" /> Your customers are being put into Gradient; what it matches by
          itself appears here.
        </p>
      )}
      {isKnown ? <Facts mapping={mapping} /> : null}
      <Failure error={checking.error} onRetry={check} />
      <div className="row">
        <Button onPress={check} isPending={checking.isPending}>
          Check now
        </Button>
        <span role="status" className="quiet small">
          {checking.isSuccess ? "Gradient is being looked at; what is found appears here by itself." : ""}
        </span>
      </div>
    </>
  );
};

const Facts = ({ mapping: { status, waitingSince, completedAt, lastCheckedAt, countedAt } }: { mapping: Mapping }) => (
  <dl className="facts">
    {status === "complete" ? (
      <>
        <dt>First accepted count</dt>
        <dd>{momentOf(completedAt)}</dd>
      </>
    ) : (
      <>
        <dt>Waiting since</dt>
        <dd>{momentOf(waitingSince)}</dd>
      </>
    )}
    <dt>Last looked in Gradient</dt>
    <dd>{momentOf(lastCheckedAt)}</dd>
    {countedAt === null ? null : (
      <>
        <dt>Counted</dt>
        <dd>{momentOf(countedAt)}</dd>
      </>
    )}
  </dl>
);
