import { type ReactNode, useState } from "react";
import { Dialog } from "../../../page-parts/dialog.tsx";
import { Button } from "../parts/button.tsx";
import { useSession } from "../session.ts";
import type { Integration } from "../states.ts";

interface GoToGradientProps {
  integration: Integration;
  /** What there is to do there, where it has not just been said. */
  children?: ReactNode;
  kind?: "primary";
  /** Gradient was opened, and the dialog is gone. */
  onOpened?(): void;
}

/** Leads to the partner's own pages in Gradient, after saying so: they belong to somebody else. */
export const GoToGradient = ({ integration, children, kind, onOpened }: GoToGradientProps) => {
  const { person, setting } = useSession();
  const [isAsking, setAsking] = useState(false);
  const close = () => setAsking(false);
  const open = () => {
    close();
    // after the dialog has given the focus back
    setTimeout(() => onOpened?.());
  };
  const address = setting.gradientPages[person.org_id] ?? integration.gradient.links.application ?? setting.gradient;
  return (
    <>
      <Button onPress={() => setAsking(true)} {...(kind === undefined ? {} : { kind })}>
        Go to Gradient
      </Button>
      {isAsking ? (
        <Dialog title="You are about to leave the hub" onClose={close}>
          <p>Gradient opens in a new tab, with a sign-in of its own.</p>
          {children}
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
