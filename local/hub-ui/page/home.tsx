import type { RefObject } from "react";
import { Badge } from "../../page-parts/notice.tsx";
import { useIntegration } from "./integration.ts";
import { Answered } from "./parts/answered.tsx";
import { LostConnection } from "./parts/lost-connection.tsx";
import { ToConnect } from "./parts/to-connect.tsx";
import { stateWords } from "./states.ts";

// a state that is none of these is one of setting it up
const hasStood = new Set(["active", "suspended", "disconnected"]);

/** The hub's list of integrations, where Gradient is found. */
export const Home = ({ heading }: { heading: RefObject<HTMLHeadingElement | null> }) => {
  const integration = useIntegration();
  return (
    <main className="page" id="main" tabIndex={-1}>
      <h1 ref={heading} tabIndex={-1}>
        Integrations
      </h1>
      <LostConnection />
      <section aria-labelledby="platforms">
        <h2 id="platforms">MSP Ecosystem platforms</h2>
        <div className="card">
          <Answered answer={integration}>
            {({ state }) => (
              <>
                <div className="row apart">
                  <h3>Gradient</h3>
                  <Badge tone={stateWords(state).tone}>{stateWords(state).text}</Badge>
                </div>
                <p>Compares what your customers use with what you bill.</p>
                {hasStood.has(state) ? (
                  <a className="button primary" href="#/overview">
                    Show how it stands
                  </a>
                ) : (
                  <ToConnect act={state === "not-started" ? "Set up Gradient" : "Go on setting up"} />
                )}
              </>
            )}
          </Answered>
        </div>
      </section>
    </main>
  );
};
