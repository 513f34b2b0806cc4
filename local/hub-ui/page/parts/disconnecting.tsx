import { Notice } from "../../../page-parts/notice.tsx";
import { countOf, momentOf } from "../../../page-parts/words.ts";
import type { Integration } from "../states.ts";

/** After a disconnection that sets counts to zero: how much of that is left, and until when it is tried. */
export const Disconnecting = ({ integration: { disconnecting } }: { integration: Integration }) =>
  disconnecting === null ? null : (
    <Notice
      tone="neutral"
      title={`Your counts in Gradient are being set to zero: ${countOf(disconnecting.remaining, "line")} left`}
    >
      That goes on by itself, until {momentOf(disconnecting.until)} at the latest. Then the key is deleted, whatever is
      left. Connecting again ends it.
    </Notice>
  );
