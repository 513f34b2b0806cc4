import { useId, useState } from "react";
import { Dialog } from "../../../../page-parts/dialog.tsx";
import { Notice } from "../../../../page-parts/notice.tsx";
import { countOf } from "../../../../page-parts/words.ts";
import { useChange } from "../../answers.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { type Gap, type Kind, oneOf } from "./mapping.ts";

// what one call of the API takes
const maxIds = 500;
const maxReason = 500;

interface LeaveOutProps {
  kind: Kind;
  /** As they were when the question was asked: what is read meanwhile changes nothing under one's hand. */
  chosen: Gap[];
  /** How many of them have left the list since. */
  gone: number;
  onClose(): void;
  onDone(): void;
}

/** Asks why, and says what it does. */
export const LeaveOut = ({ kind, chosen, gone, onClose, onDone }: LeaveOutProps) => {
  const [reason, setReason] = useState("");
  const leaving = useChange("POST /v1/integrations/gradient/mapping/exclusions");
  const id = useId();
  const what = countOf(chosen.length, oneOf[kind]);
  const leaveOut = () =>
    leaving.mutate({ body: { kind, ids: chosen.map((gap) => gap.id), reason: reason.trim() } }, { onSuccess: onDone });
  const isTooMany = chosen.length > maxIds;
  return (
    <Dialog title={`Leave ${what} out of what is billed?`} onClose={onClose}>
      <p>
        No usage is sent for {chosen.length === 1 ? "it" : "them"} any more; what Gradient still holds is set to zero.
        You can take {chosen.length === 1 ? "it" : "them"} in again at any time.
      </p>
      <ul>
        {chosen.slice(0, 5).map((gap) => (
          <li key={gap.id}>
            <bdi>{gap.name}</bdi>
          </li>
        ))}
        {chosen.length > 5 ? <li>and {countOf(chosen.length - 5, "other")}</li> : null}
      </ul>
      {gone === 0 ? null : (
        <Notice tone="warn">
          {countOf(gone, oneOf[kind])} of these {gone === 1 ? "has" : "have"} left the list meanwhile: somebody may have
          mapped {gone === 1 ? "it" : "them"}, or left {gone === 1 ? "it" : "them"} out. Cancel, to look again.
        </Notice>
      )}
      <label htmlFor={id}>Why?</label>
      <p id={`${id}-hint`} className="quiet small">
        A sentence for your colleagues; it stands in the audit trail.
      </p>
      <textarea
        id={id}
        rows={3}
        maxLength={maxReason}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        aria-describedby={`${id}-hint`}
      />
      <Failure error={leaving.error} onRetry={leaveOut} />
      <div className="row">
        <Button
          kind="primary"
          onPress={leaveOut}
          isPending={leaving.isPending}
          because={isTooMany ? `${maxIds} at most at once.` : reason.trim() === "" ? "Say why first." : undefined}
        >
          Leave out
        </Button>
        <Button onPress={onClose}>Cancel</Button>
      </div>
    </Dialog>
  );
};
