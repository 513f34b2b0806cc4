import type { ReactNode } from "react";
import { Dialog } from "../../../page-parts/dialog.tsx";

interface QuestionProps {
  title: string;
  /** What the act does. */
  children: ReactNode;
  /** What the last try ended with. */
  problem: ReactNode;
  isBusy: boolean;
  yes: string;
  kind: "primary" | "danger";
  no: string;
  onYes(): void;
  onClose(): void;
}

/** Asks before something is done that cannot be undone. */
export const Question = ({ title, children, problem, isBusy, yes, kind, no, onYes, onClose }: QuestionProps) => (
  <Dialog title={title} onClose={onClose}>
    <p>{children}</p>
    {problem}
    <div className="row">
      <button type="button" className={kind} disabled={isBusy} onClick={onYes}>
        {yes}
      </button>
      <button type="button" onClick={onClose}>
        {no}
      </button>
    </div>
  </Dialog>
);
