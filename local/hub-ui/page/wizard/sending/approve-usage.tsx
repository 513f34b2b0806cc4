import { goTo } from "../../../../page-parts/address.ts";
import { Button } from "../../parts/button.tsx";
import { type Integration, isSetUp } from "../../states.ts";
import { GoToGradient } from "../go-to-gradient.tsx";
import { Sending } from "./sending.tsx";
import { UsageLines } from "./usage-lines.tsx";

/** The third step: what the partner does in Gradient, and what is sent there by itself. */
export const ApproveUsage = ({ integration }: { integration: Integration }) => (
  <>
    <div className="beside">
      <section className="card">
        <h3>In Gradient: approve what you bill</h3>
        <p>
          A count that Gradient has accepted is not approved yet, and bills nobody. Gradient compares each with your PSA
          and shows a card for each difference:
        </p>
        <ol>
          <li>
            Open the <em>SYNTHESIZE</em> tab in Gradient.
          </li>
          <li>Look at each card: what your customer uses now, and what your PSA bills.</li>
          <li>Approve it, and your PSA bills the new number. Dismiss it, and everything stays as it was.</li>
        </ol>
        <GoToGradient integration={integration} kind="primary" />
      </section>
      <Sending integration={integration} />
    </div>
    <UsageLines />
    <End integration={integration} />
  </>
);

/** The wizard's end: approving goes on in Gradient, month by month, and nothing in the hub waits for it. */
const End = ({ integration }: { integration: Integration }) => {
  // a key that is refused later on takes nothing of that back
  const because = integration.exports.last === null ? "It opens by itself once a first run has ended." : undefined;
  return (
    <div className="row next">
      <Button kind="primary" onPress={() => goTo("/overview")} because={because}>
        Go to the overview
      </Button>
      {isSetUp(integration) ? (
        <span role="status" className="quiet small">
          The hub needs nothing more: usage is sent by itself from now on.
        </span>
      ) : null}
    </div>
  );
};
