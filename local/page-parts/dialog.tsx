import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

interface DialogProps {
  title: string;
  /** Called for Escape, too. */
  onClose(): void;
  children: ReactNode;
}

/** A question that has to be answered first. The browser keeps the focus inside and gives it back afterwards. */
export const Dialog = ({ title, onClose, children }: DialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const isGone = useRef<boolean>(false);
  useLayoutEffect(() => {
    const shown = dialog.current;
    isGone.current = false;
    shown?.showModal();
    return () => {
      // before it leaves the page: one that is only taken out gives the focus back to nobody
      isGone.current = true;
      shown?.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onClose={() => {
        if (!isGone.current) onClose();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
};
