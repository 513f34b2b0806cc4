import { momentOf } from "../../../../page-parts/words.ts";
import { useChange } from "../../answers.ts";
import { holdOf, pressedWords, whyNoCheck } from "../../hold.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import type { Integration } from "../../states.ts";
import { Coverage } from "./coverage.tsx";
import type { Mapping } from "./mapping.ts";
import { useLooks } from "./use-looks.ts";

interface LookedProps {
  integration: Integration;
  mapping: Mapping;
  /** Before, nobody knows what Gradient has matched by itself. */
  isKnown: boolean;
}

/** What was found when Gradient was looked at last, and *Check now* for another look. */
export const Looked = ({ integration, mapping, isKnown }: LookedProps) => {
  const hold = holdOf(integration);
  // nor is anybody looked at who is suspended
  const isHeld = hold !== undefined || integration.state === "suspended";
  const checking = useChange("POST /v1/integrations/gradient/mapping/checks");
  const check = () => checking.mutate({ body: {} });
  useLooks(mapping, isHeld);
  return (
    <>
      {isKnown ? (
        <Coverage accounts={mapping.accounts} services={mapping.services} />
      ) : isHeld ? (
        <p role="status">What is mapped in Gradient is not known yet: nobody has been able to look there.</p>
      ) : (
        <p role="status">
          <span className="spinner" aria-hidden="true" /> Your customers are being put into Gradient; what it matches by
          itself appears here.
        </p>
      )}
      {isKnown ? <Facts mapping={mapping} /> : null}
      <Failure error={checking.error} onRetry={check} />
      <div className="row">
        <Button onPress={check} isPending={checking.isPending} because={whyNoCheck(integration)}>
          Check now
        </Button>
        <span role="status" className="quiet small">
          {checking.isSuccess ? pressedWords({ ...checking.data, hold, lastCheckedAt: mapping.lastCheckedAt }) : ""}
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
