import { Component, type ReactNode } from "react";
import { Notice } from "../../../page-parts/notice.tsx";
import { Button } from "./button.tsx";

/** A screen that could not be loaded, or that broke, does not take the rest of the page with it. */
export class Boundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state: { hasFailed: boolean } = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <>
        <Notice tone="bad" title="This screen could not be shown">
          <p>
            Nothing is lost: everything you have done so far is kept. Look at your network, then load the page again.
          </p>
        </Notice>
        <Button onPress={() => window.location.reload()}>Load the page again</Button>
      </>
    );
  }
}
