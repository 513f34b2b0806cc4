import { useRef, useState } from "react";
import { useChange } from "../answers.ts";
import { Button } from "../parts/button.tsx";
import { Disconnecting } from "../parts/disconnecting.tsx";
import { Failure } from "../parts/failure.tsx";
import { KeyForm } from "../parts/key-form.tsx";
import { MayChange } from "../parts/may-change.tsx";
import type { Integration } from "../states.ts";
import { Agreement } from "./agreement/agreement.tsx";
import { Connection } from "./connection.tsx";
import { useHeadingFocus } from "./focus.ts";
import { GoToGradient } from "./go-to-gradient.tsx";
import { NextStep } from "./next-step.tsx";

/** The first step: the integration is started, a key is stored, the agreement is confirmed. */
export const SignUp = ({ integration }: { integration: Integration }) => {
  const { state, step } = integration;
  const heading = useHeadingFocus(state);
  if (state === "not-started" || state === "disconnected")
    return (
      <section className="card">
        <h3 ref={heading} tabIndex={-1}>
          {state === "disconnected" ? "Gradient is disconnected" : "Before you begin"}
        </h3>
        <Disconnecting integration={integration} />
        <Start isAgain={state === "disconnected"} />
      </section>
    );
  const needsKey = state === "awaiting-token" || state === "suspended";
  return (
    <>
      {needsKey ? (
        <section className="card">
          <h3 ref={heading} tabIndex={-1}>
            {state === "suspended" ? "Register a new key" : "Get your key in Gradient"}
          </h3>
          <GetKey integration={integration} />
        </section>
      ) : null}
      {integration.token === null ? null : <Connection integration={integration} />}
      {integration.token === null ? null : (
        <Agreement integration={integration} heading={needsKey ? undefined : heading} />
      )}
      {step > 1 ? <NextStep to={2} /> : null}
    </>
  );
};

const Start = ({ isAgain }: { isAgain: boolean }) => {
  const starting = useChange("POST /v1/integrations/gradient");
  const start = () => starting.mutate({ body: {} });
  return (
    <>
      <p>
        {isAgain
          ? "No usage is sent. You can connect again at any time; the history of what was sent is still here."
          : "You need a Gradient account, and the right to agree for your organization."}
      </p>
      <Failure error={starting.error} onRetry={start} />
      <MayChange>
        <Button kind="primary" onPress={start} isPending={starting.isPending}>
          Start integration
        </Button>
      </MayChange>
    </>
  );
};

const GetKey = ({ integration }: { integration: Integration }) => {
  const field = useRef<HTMLInputElement>(null);
  // one act at a time is the next one
  const [hasKey, setHasKey] = useState(false);
  return (
    <>
      <p>
        {integration.state === "suspended" ? (
          <>
            Press <em>Regenerate key</em> there,
          </>
        ) : (
          "Connect this hub there,"
        )}{" "}
        and paste the key here.
      </p>
      <MayChange>
        <div className="row">
          {/* whoever comes back has a key to paste */}
          <GoToGradient
            integration={integration}
            {...(hasKey ? {} : { kind: "primary" as const })}
            onOpened={() => field.current?.focus()}
          />
        </div>
        <KeyForm act="Check and save the key" field={field} isNext={hasKey} onTyped={setHasKey} />
      </MayChange>
    </>
  );
};
