import { useRef, useState } from "react";
import { Dialog } from "../../../page-parts/dialog.tsx";
import { Button } from "../parts/button.tsx";
import { useSession } from "../session.ts";
import type { Integration } from "../states.ts";
import { hasLeft, noteLeft } from "./leaving.ts";

interface GoToGradientProps {
  integration: Integration;
  kind?: "primary";
  /** Gradient was opened, and the dialog is gone. */
  onOpened?(): void;
}

/** Leads to the partner's own pages in Gradient; the first time after saying so: they belong to somebody else. */
export const GoToGradient = ({ integration, kind, onOpened }: GoToGradientProps) => {
  const { person, setting } = useSession();
  const [isAsking, setAsking] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  const close = () => setAsking(false);
  const open = () => {
    noteLeft(person.sub);
    close();
    // after the dialog has given the focus back
    setTimeout(() => (onOpened === undefined ? link.current?.focus() : onOpened()));
  };
  const address = setting.gradientPages[person.org_id] ?? integration.gradient.links.application ?? setting.gradient;
  if (hasLeft(person.sub) && !isAsking)
    return (
      <a
        ref={link}
        className={kind === undefined ? "button" : `button ${kind}`}
        href={address}
        target="_blank"
        rel="noopener noreferrer"
        onClick={open}
      >
        Go to Gradient
      </a>
    );
  return (
    <>
      <Button onPress={() => setAsking(true)} {...(kind === undefined ? {} : { kind })}>
        Go to Gradient
      </Button>
      {isAsking ? (
        <Dialog title="You are leaving the hub" onClose={close}>
          <p>Gradient has its own sign-in.</p>
          <div className="row">
            <a className="button primary" href={address} target="_blank" rel="noopener noreferrer" onClick={open}>
              Open Gradient
            </a>
            <Button onPress={close}>Stay here</Button>
          </div>
        </Dialog>
      ) : null}
    </>
  );
};
