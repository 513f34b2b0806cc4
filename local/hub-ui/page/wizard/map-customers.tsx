import { momentOf } from "../../../page-parts/words.ts";
import { useAnswer, useChange } from "../answers.ts";
import { Answered } from "../parts/answered.tsx";
import { Button } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import type { Integration } from "../states.ts";
import { Coverage } from "./coverage.tsx";
import { Gaps } from "./gaps.tsx";
import { GoToGradient } from "./go-to-gradient.tsx";
import { LeftOut } from "./left-out.tsx";
import { LookAlikes } from "./look-alikes.tsx";
import type { Mapping } from "./mapping.ts";
import { NextStep } from "./next-step.tsx";

const pollMs = 3000;

/** The second step: the partner maps in Gradient, and this page shows how far that is and what its gaps cost. */
export const MapCustomers = ({ integration }: { integration: Integration }) => {
  const mapping = useAnswer("GET /v1/integrations/gradient/mapping", {}, { everyMs: pollMs });
  const isOpen = integration.nextEnabled || integration.step > 2;
  return (
    <>
      <section className="card">
        <h3>Say in Gradient who is who</h3>
        <p>
          Your customers and services were put into Gradient by themselves. Over there, drag each onto the customer or
          product of your PSA that it is billed as, and press <em>Finish</em>. What is not mapped is not billed.
        </p>
        <p>
          <GoToGradient integration={integration} {...(isOpen ? {} : { kind: "primary" as const })}>
            <p>There, map customers and services, and press Finish.</p>
          </GoToGradient>
        </p>
        <Answered answer={mapping}>{(now) => <Looked mapping={now} />}</Answered>
      </section>
      {mapping.data === undefined ? null : (
        <>
          <LookAlikes lookAlikes={mapping.data.lookAlikes} more={mapping.data.more.lookAlikes} />
          <Gaps mapping={mapping.data} />
          <LeftOut leftOut={mapping.data.leftOut} />
        </>
      )}
      <NextStep
        to={3}
        because={
          isOpen ? undefined : "It opens by itself once Gradient has accepted a first count of a mapped customer."
        }
      />
    </>
  );
};

const Looked = ({ mapping }: { mapping: Mapping }) => {
  const checking = useChange("POST /v1/integrations/gradient/mapping/checks");
  const check = () => checking.mutate({ body: {} });
  const { status, waitingSince, completedAt, lastCheckedAt, countedAt } = mapping;
  return (
    <>
      <Coverage accounts={mapping.accounts} services={mapping.services} />
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
        <dd>{lastCheckedAt === null ? "not yet" : momentOf(lastCheckedAt)}</dd>
        {countedAt === null ? null : (
          <>
            <dt>Counted</dt>
            <dd>{momentOf(countedAt)}</dd>
          </>
        )}
      </dl>
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
