import { useAnswer } from "../../answers.ts";
import { Answered } from "../../parts/answered.tsx";
import { Waiting } from "../../screens/runs/waiting.tsx";
import type { Integration } from "../../states.ts";
import { GoToGradient } from "../go-to-gradient.tsx";
import { NextStep } from "../next-step.tsx";
import { Gaps } from "./gaps.tsx";
import { LeftOut } from "./left-out.tsx";
import { LookAlikes } from "./look-alikes.tsx";
import { Looked } from "./looked.tsx";
import { useKnown } from "./use-known.ts";

const pollMs = 3000;

/** The second step: the partner maps in Gradient, and this page shows how far that is and what its gaps cost. */
export const MapCustomers = ({ integration }: { integration: Integration }) => {
  const mapping = useAnswer("GET /v1/integrations/gradient/mapping", {}, { everyMs: pollMs });
  const isOpen = integration.nextEnabled || integration.step > 2;
  const isKnown = useKnown(mapping.data, integration.token?.registeredAt ?? "");
  return (
    <>
      <section className="card">
        <h3>Map them in Gradient</h3>
        <p>
          In Gradient's tab, match each with its PSA entry.
          {integration.state === "suspended" ? " What" : " Counts go out while you map; what"} is not mapped is not
          billed.
        </p>
        <div className="row">
          <GoToGradient integration={integration} {...(isOpen ? {} : { kind: "primary" as const })} />
        </div>
        {integration.state === "awaiting-mapping" ? <Waiting integration={integration} /> : null}
        <Answered answer={mapping}>
          {(now) => <Looked integration={integration} mapping={now} isKnown={isKnown} />}
        </Answered>
      </section>
      {mapping.data === undefined ? null : (
        <>
          <LookAlikes lookAlikes={mapping.data.lookAlikes} more={mapping.data.more.lookAlikes} />
          {isKnown ? (
            <>
              <Gaps mapping={mapping.data} />
              <LeftOut leftOut={mapping.data.leftOut} />
            </>
          ) : null}
        </>
      )}
      <NextStep to={3} because={isOpen ? undefined : "Opens with the first accepted count."} />
    </>
  );
};
