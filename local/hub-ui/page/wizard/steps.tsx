import { countOf } from "../../../page-parts/words.ts";
import { type Integration, isSetUp } from "../states.ts";

export type Step = 1 | 2 | 3;

export const stepTitles: Record<Step, string> = {
  1: "Sign up for Gradient",
  2: "Map customers and services",
  3: "Approve usage",
};
const all: Step[] = [1, 2, 3];

export const addressOf = (step: Step): string => `/connect/${step}`;

/** What a step that is done has left open. */
const doneWords = (step: Step, { mapping }: Integration): string => {
  if (step === 3) return "counts are in Gradient";
  if (step === 1 || mapping === null) return "done";
  const open = mapping.accounts.total - mapping.accounts.mapped;
  return open > 0 ? `done, but ${countOf(open, "customer")} not mapped` : "done";
};

/** The three steps with their state. Those that were reached can be opened again. */
export const Steps = ({ shown, integration }: { shown: Step; integration: Integration }) => {
  const { step: reached } = integration;
  const isOver = (step: Step) => step < reached || (step === 3 && isSetUp(integration));
  return (
    <nav aria-label="Steps">
      <ol className="steps">
        {all.map((step) => {
          const state = isOver(step) ? "done" : step === reached ? "now" : "later";
          const words = { done: doneWords(step, integration), now: "to do now", later: "comes later" }[state];
          const content = (
            <>
              <span className="mark" aria-hidden="true">
                {state === "done" ? "✓" : step}
              </span>
              <span>
                <span className="unseen">Step {step}: </span>
                {stepTitles[step]}
                <span className="small state">{words}</span>
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
