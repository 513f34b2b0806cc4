import { useEffect } from "react";
import { useAddress } from "../../../page-parts/address.ts";
import { useIntegration } from "../integration.ts";
import { Answered } from "../parts/answered.tsx";
import { Problems } from "../parts/problems.tsx";
import type { Integration } from "../states.ts";
import { useHeadingFocus } from "../wizard/focus.ts";
import { MapCustomers } from "../wizard/mapping/map-customers.tsx";
import { ApproveUsage } from "../wizard/sending/approve-usage.tsx";
import { SignUp } from "../wizard/sign-up.tsx";
import { addressOf, type Step, Steps, stepTitles } from "../wizard/steps.tsx";

/** Three steps from nothing to approved usage. Where somebody left off is what the API says, on any device. */
export default function Wizard() {
  const integration = useIntegration();
  return <Answered answer={integration}>{(state) => <Reached integration={state} />}</Answered>;
}

const stepIn = (address: string): Step | undefined => {
  const named = Number(address.split("/")[2]);
  return named === 1 || named === 2 || named === 3 ? named : undefined;
};

const Reached = ({ integration }: { integration: Integration }) => {
  const { step: reached } = integration;
  const address = useAddress();
  const named = stepIn(address);
  const shown: Step = named !== undefined && named <= reached ? named : reached;
  useEffect(() => {
    // in the place of the address that led here, so that back leads back; a step stays open while the next one opens
    // It may hear of another screen's address before it is taken away. It takes nobody back.
    if (address.startsWith("/connect") && named !== shown) window.location.replace(`#${addressOf(shown)}`);
  }, [address, named, shown]);
  const heading = useHeadingFocus(String(shown), { isAsked: true });
  return (
    <>
      <Steps shown={shown} integration={integration} />
      <Problems integration={integration} />
      <h2 ref={heading} tabIndex={-1}>
        {stepTitles[shown]}
      </h2>
      {shown === 1 ? <SignUp integration={integration} /> : null}
      {shown === 2 ? <MapCustomers integration={integration} /> : null}
      {shown === 3 ? <ApproveUsage integration={integration} /> : null}
    </>
  );
};
