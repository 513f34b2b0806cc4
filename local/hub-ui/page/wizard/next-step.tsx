import { goTo } from "../../../page-parts/address.ts";
import { Button } from "../parts/button.tsx";
import { addressOf, type Step, stepTitles } from "./steps.tsx";

interface NextStepProps {
  to: Step;
  /** What has to happen first. */
  because?: string | undefined;
}

export const NextStep = ({ to, because }: NextStepProps) => (
  <div className="row next">
    <Button kind="primary" onPress={() => goTo(addressOf(to))} because={because}>
      Next
    </Button>
    {because === undefined ? (
      <span role="status" className="quiet small">
        Next is open: {stepTitles[to]}.
      </span>
    ) : null}
  </div>
);
