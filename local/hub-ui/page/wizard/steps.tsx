import { useAnswer } from "../answers.ts";
import type { Integration } from "../states.ts";
import { type Step, stepWords } from "./step-words.ts";

export type { Step } from "./step-words.ts";

export const stepTitles: Record<Step, string> = {
  1: "Sign up for Gradient",
  2: "Map customers and services",
  3: "Approve usage",
};
const all: Step[] = [1, 2, 3];

export const addressOf = (step: Step): string => `/connect/${step}`;

/** The three steps with their state. Those that were reached can be opened again. */
export const Steps = ({ shown, integration }: { shown: Step; integration: Integration }) => {
  const { step: reached } = integration;
  const { data: mapping } = useAnswer("GET /v1/integrations/gradient/mapping", {}, { enabled: reached > 2 });
  return (
    <nav aria-label="Steps">
      <ol className="steps">
        {all.map((step) => {
          const { state, text } = stepWords(step, integration, mapping);
          const content = (
            <>
              <span className="step-mark" aria-hidden="true">
                {state === "done" ? "✓" : step}
              </span>
              <span>
                <span className="unseen">Step {step}: </span>
                {stepTitles[step]}
                {/* on a phone the mark says enough of those that are not open */}
                <span className={step === shown ? "small state" : "small state unseen-on-phone"}>{text}</span>
              </span>
            </>
          );
          return (
            <li key={step} className={state}>
              {step <= reached ? (
                <a href={`#${addressOf(step)}`} aria-current={step === shown ? "step" : undefined}>
                  {content}
                </a>
              ) : (
                <span className="closed">{content}</span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
};
