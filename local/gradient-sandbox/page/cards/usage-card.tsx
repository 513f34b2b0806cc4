import { Badge } from "../../../page-parts/notice.tsx";
import { numberOf } from "../../../page-parts/words.ts";
import type { Card } from "../sandbox-api.ts";

interface UsageCardProps {
  card: Card;
  isBusy: boolean;
  onSettle(verb: "approve" | "dismiss"): void;
}

const signed = (difference: number): string => (difference > 0 ? `+${numberOf(difference)}` : numberOf(difference));

/** One customer and one service: what was counted, what was counted before, what is billed. */
export const UsageCard = ({ card, isBusy, onSettle }: UsageCardProps) => {
  const { accountName, serviceName, vendorUnits, previousUnits, psaQuantity, state } = card;
  const difference = vendorUnits - psaQuantity;
  const of = <span className="unseen">{` ${accountName}, ${serviceName}`}</span>;
  return (
    <li className="card usage">
      <h2>{accountName}</h2>
      <p className="quiet">{serviceName}</p>
      <dl className="figures">
        <div>
          <dt>Current usage</dt>
          <dd className="figure">{numberOf(vendorUnits)}</dd>
        </div>
        <div>
          <dt>Previous usage</dt>
          <dd>{previousUnits === null ? "none" : numberOf(previousUnits)}</dd>
        </div>
        <div>
          <dt>PSA bills</dt>
          <dd>
            {numberOf(psaQuantity)}{" "}
            {difference === 0 ? null : <span className="quiet small">({signed(difference)})</span>}
          </dd>
        </div>
      </dl>
      {state === "open" ? (
        <div className="row settling">
          <button type="button" className="primary" disabled={isBusy} onClick={() => onSettle("approve")}>
            Approve{of}
          </button>
          <button type="button" disabled={isBusy} onClick={() => onSettle("dismiss")}>
            Dismiss{of}
          </button>
        </div>
      ) : (
        <div className="row settling">
          <Badge tone={state === "approved" ? "good" : "neutral"}>
            {state === "approved" ? "Approved" : "Dismissed"}
          </Badge>
        </div>
      )}
    </li>
  );
};
