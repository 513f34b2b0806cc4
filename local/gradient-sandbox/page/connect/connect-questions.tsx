import type { ReactNode } from "react";
import { Dialog } from "../../../page-parts/dialog.tsx";
import { countOf } from "../../../page-parts/words.ts";

interface QuestionProps {
  vendor: string;
  /** What the last try ended with. */
  problem: ReactNode;
  isBusy: boolean;
  onYes(): void;
  onClose(): void;
}

export const RegenerateQuestion = ({ vendor, problem, isBusy, onYes, onClose }: QuestionProps) => (
  <Dialog title="Regenerate the key?" onClose={onClose}>
    <p>
      The key that {vendor} has stops working at once: {vendor} cannot send anything until you paste the new one there.
      Accounts and mappings stay.
    </p>
    {problem}
    <div className="row">
      <button type="button" className="primary" disabled={isBusy} onClick={onYes}>
        Regenerate
      </button>
      <button type="button" onClick={onClose}>
        Keep the key
      </button>
    </div>
  </Dialog>
);

export const DisconnectQuestion = ({
  vendor,
  accounts,
  problem,
  isBusy,
  onYes,
  onClose,
}: QuestionProps & { accounts: number }) => (
  <Dialog title={`Disconnect ${vendor}?`} onClose={onClose}>
    <p>
      The key stops working at once. Gradient deletes the {countOf(accounts, "account")} that {vendor} made, how they
      are mapped, and their counts. This cannot be undone.
    </p>
    {problem}
    <div className="row">
      <button type="button" className="danger" disabled={isBusy} onClick={onYes}>
        Disconnect
      </button>
      <button type="button" onClick={onClose}>
        Stay connected
      </button>
    </div>
  </Dialog>
);
