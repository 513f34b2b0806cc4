import { type ReactNode, useId } from "react";

interface ButtonProps {
  onPress(): void;
  children: ReactNode;
  kind?: "primary" | "danger" | "plain";
  type?: "button" | "submit";
  /** What it started is under way; it takes no second press until then. */
  isPending?: boolean;
  /** Why it cannot be pressed now. It is said beside it, and spoken with it. */
  because?: string | undefined;
}

/** It keeps the focus while it cannot be pressed, so that nobody who works with the keyboard is thrown off the page. */
export const Button = ({ onPress, children, kind, type = "button", isPending = false, because }: ButtonProps) => {
  const reasonId = useId();
  const isBlocked = isPending || because !== undefined;
  return (
    <>
      <button
        type={type}
        className={kind}
        aria-disabled={isBlocked || undefined}
        aria-busy={isPending || undefined}
        aria-describedby={because === undefined ? undefined : reasonId}
        onClick={(event) => {
          event.preventDefault();
          if (!isBlocked) onPress();
        }}
      >
        {isPending ? <span className="spinner" aria-hidden="true" /> : null}
        {children}
      </button>
      {because === undefined ? null : (
        <span id={reasonId} className="quiet small">
          {because}
        </span>
      )}
    </>
  );
};
