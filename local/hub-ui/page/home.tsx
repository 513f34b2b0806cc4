import type { RefObject } from "react";
import { Badge } from "../../page-parts/notice.tsx";
import { useIntegration } from "./integration.ts";
import { Answered } from "./parts/answered.tsx";
import { stateWords } from "./states.ts";

/** Where a state leads; one that is being set up leads to what is to be done next. */
const entries: Partial<Record<string, { title: string; address: string }>> = {
  "not-started": { title: "Set up Gradient", address: "#/connect" },
  active: { title: "Show how it stands", address: "#/overview" },
  suspended: { title: "Show how it stands", address: "#/overview" },
  disconnected: { title: "Show how it stands", address: "#/overview" },
};

/** The hub's list of integrations, where Gradient is found. */
export const Home = ({ heading }: { heading: RefObject<HTMLHeadingElement | null> }) => {
  const integration = useIntegration();
  return (
    <main className="page" id="main" tabIndex={-1}>
      <h1 ref={heading} tabIndex={-1}>
        Integrations
      </h1>
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
                <p>
                  Sends what each of your customers uses to Gradient, which compares it with what you bill. You approve
                  every change there.
                </p>
                <a className="button primary" href={entries[state]?.address ?? "#/connect"}>
                  {entries[state]?.title ?? "Go on setting up"}
                </a>
              </>
            )}
          </Answered>
        </div>
      </section>
    </main>
  );
};
