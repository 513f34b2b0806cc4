import { Notice } from "../../../page-parts/notice.tsx";
import { countOf, momentOf } from "../../../page-parts/words.ts";
import { isSoon } from "../screens/runs/next-run.ts";
import type { Integration } from "../states.ts";

/** Whether zeros go out now, or when they do next; once all are through, what is left to do. */
export const nextZerosWords = (
  { remaining, retryAt }: Pick<NonNullable<Integration["disconnecting"]>, "remaining" | "retryAt">,
  now = Date.now(),
): string => {
  if (remaining === 0) return "Gradient is still to be told that you have left.";
  if (retryAt === null) return "Zeros go out now.";
  return isSoon(retryAt, now)
    ? "It is tried again soon."
    : `Nothing goes out until ${momentOf(retryAt)}; then it is tried again.`;
};

/** After a disconnection that sets counts to zero: how much of that is left, and until when it is tried. */
export const Disconnecting = ({ integration: { disconnecting } }: { integration: Integration }) =>
  disconnecting === null ? null : (
    <Notice
      tone="neutral"
      title={
        disconnecting.remaining === 0
          ? "Your counts in Gradient are set to zero"
          : `Your counts in Gradient are being set to zero: ${countOf(disconnecting.remaining, "line")} left`
      }
    >
      {nextZerosWords(disconnecting)} That goes on by itself, until {momentOf(disconnecting.until)} at the latest. Then
      the key is deleted, whatever is left. Connecting again ends it.
    </Notice>
  );
