export type Step = 1 | 2 | 3;

export const stepTitles: Record<Step, string> = {
  1: "Sign up for Gradient",
  2: "Map customers and services",
  3: "Approve usage",
};
const all: Step[] = [1, 2, 3];

export const addressOf = (step: Step): string => `/connect/${step}`;

/** The three steps with their state. Those that were reached can be opened again. */
export const Steps = ({ shown, reached }: { shown: Step; reached: Step }) => (
  <nav aria-label="Steps">
    <ol className="steps">
      {all.map((step) => {
        const state = step < reached ? "done" : step === reached ? "now" : "later";
        const words = { done: "done", now: "to do now", later: "comes later" }[state];
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
