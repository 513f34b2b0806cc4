import { holdOf } from "../../hold.ts";
import { nextRunWords } from "../../screens/runs/next-run.ts";
import { RunningRun } from "../../screens/runs/running-run.tsx";
import { SendUsage, whyNot } from "../../screens/runs/send-usage.tsx";
import { Waiting } from "../../screens/runs/waiting.tsx";
import type { Integration } from "../../states.ts";
import { useHeadingFocus } from "../focus.ts";
import { LastRun } from "./last-run.tsx";

/** Whether anything can be sent now; nothing where the button itself says why it cannot. */
export const whatMayGo = (integration: Parameters<typeof whyNot>[0]): string | null => {
  if (whyNot(integration) === undefined) return "Whatever has changed since can be sent now.";
  return holdOf(integration) === undefined ? null : "While no call goes out, nothing can be sent.";
};

/** What runs now, what waits and why, how the last run ended, and *Send usage*. */
export const Sending = ({ integration }: { integration: Integration }) => {
  const { runningId, waiting, last } = integration.exports;
  // the button to cancel goes with the run
  const heading = useHeadingFocus(runningId ?? "");
  return (
    <section className="card">
      <h3 ref={heading} tabIndex={-1}>
        Your counts go to Gradient
      </h3>
      {integration.state === "active" ? (
        <p>
          Usage is sent by itself. {waiting === null ? `Next run: ${nextRunWords(integration)}.` : null}{" "}
          {whatMayGo(integration)}
        </p>
      ) : (
        <p>Next run: {nextRunWords(integration)}.</p>
      )}
      {runningId === null ? (
        last === null ? null : (
          <LastRun key={last.id} id={last.id} />
        )
      ) : (
        <RunningRun id={runningId} />
      )}
      <Waiting integration={integration} />
      <SendUsage integration={integration} isInPlace />
    </section>
  );
};
