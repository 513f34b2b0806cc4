import { Notice } from "../../../page-parts/notice.tsx";
import { countOf, momentOf } from "../../../page-parts/words.ts";
import { isSoon } from "../screens/runs/next-run.ts";
import type { Integration } from "../states.ts";

/** Whether zeros go out now, or when they do next. */
export const nextZerosWords = (
  { retryAt }: Pick<NonNullable<Integration["disconnecting"]>, "retryAt">,
  now = Date.now(),
): string => {
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
      title={`Your counts in Gradient are being set to zero: ${countOf(disconnecting.remaining, "line")} left`}
    >
      {nextZerosWords(disconnecting)} That goes on by itself, until {momentOf(disconnecting.until)} at the latest. Then
      the key is deleted, whatever is left. Connecting again ends it.
    </Notice>
  );
