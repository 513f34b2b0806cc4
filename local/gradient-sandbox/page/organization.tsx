import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { Notice } from "../../page-parts/notice.tsx";
import { numberOf } from "../../page-parts/words.ts";
import { ConnectStep } from "./connect/connect-step.tsx";
import { isOpen } from "./mapping/mapping.ts";
import { addressOf, isTakenOver, type StepName, stateOf, steps } from "./progress.ts";
import { type OrganizationDetail, useOrganization } from "./sandbox-api.ts";
import { ScreenTitle } from "./screen-title.tsx";

const MappingStep = lazy(async () => ({ default: (await import("./mapping/mapping-step.tsx")).MappingStep }));
const ReviewStep = lazy(async () => ({ default: (await import("./mapping/review-step.tsx")).ReviewStep }));
const Synthesize = lazy(async () => ({ default: (await import("./cards/synthesize.tsx")).Synthesize }));

interface Place {
  organization: OrganizationDetail;
  part: StepName | "synthesize";
}

/** What is still to be mapped in a step. */
const leftIn = (organization: OrganizationDetail, step: StepName): number =>
  step === "accounts" || step === "services" ? organization[step].filter(isOpen).length : 0;

const isDone = (organization: OrganizationDetail, step: StepName): boolean => {
  if (step === "connect") return isTakenOver(organization);
  if (step === "review") return organization.finishedAt !== null;
  return organization[step].some(({ isMapped }) => isMapped) && leftIn(organization, step) === 0;
};

const Tabs = ({ organization, part }: Place) => (
  <nav aria-label={organization.name} className="tabs">
    <a
      href={`#${addressOf(organization.organizationId, isTakenOver(organization) ? "accounts" : "connect")}`}
      aria-current={part === "synthesize" ? undefined : "true"}
    >
      Integration
    </a>
    <a
      href={`#${addressOf(organization.organizationId, "synthesize")}`}
      aria-current={part === "synthesize" ? "page" : undefined}
    >
      SYNTHESIZE
    </a>
  </nav>
);

const Steps = ({ organization, part }: Place) => (
  <nav aria-label="Steps">
    <ol className="steps">
      {steps.map(({ name, title }, index) => {
        const done = isDone(organization, name);
        // Gradient's own wizard is locked until the vendor has taken over the key
        const isLocked = name !== "connect" && !isTakenOver(organization);
        const left = isLocked ? 0 : leftIn(organization, name);
        const words = (
          <>
            <span className="step-mark" aria-hidden="true">
              {done ? "✓" : index + 1}
            </span>
            <span className={part === name ? undefined : "unseen-on-phone"}>
              {title}
              {done ? <span className="unseen">, done</span> : null}
              {left > 0 ? <span className="left">{numberOf(left)} not mapped</span> : null}
            </span>
          </>
        );
        return (
          <li key={name} className={done ? "done" : undefined}>
            {isLocked ? (
              <span className="closed">{words}</span>
            ) : (
              <a
                href={`#${addressOf(organization.organizationId, name)}`}
                aria-current={part === name ? "step" : undefined}
              >
                {words}
              </a>
            )}
          </li>
        );
      })}
    </ol>
  </nav>
);

const screenOf = ({ organization, part }: Place): ReactNode => {
  switch (part) {
    case "connect":
      return <ConnectStep organization={organization} />;
    case "review":
      return <ReviewStep organization={organization} />;
    case "synthesize":
      return <Synthesize organization={organization} />;
    default:
      return <MappingStep key={part} organization={organization} kind={part} />;
  }
};

const titleOf = (part: Place["part"]): string =>
  part === "synthesize" ? "SYNTHESIZE" : (steps.find(({ name }) => name === part)?.title ?? "");

const partOf = (organization: OrganizationDetail, asked: string): Place["part"] => {
  const step = steps.find(({ name }) => name === asked)?.name;
  if (asked === "synthesize") return asked;
  if (step === undefined) return stateOf(organization).next;
  return isTakenOver(organization) ? step : "connect";
};

/** One MSP: its four steps, and its SYNTHESIZE tab. */
export const Organization = ({ id, part: asked }: { id: string; part: string }) => {
  const { data: organization, error } = useOrganization(id);
  const first = organization === undefined ? undefined : addressOf(id, partOf(organization, asked));
  useEffect(() => {
    // an address without a part means the one that is due; it stays that one when another becomes due
    if (asked === "" && first !== undefined) window.location.replace(`#${first}`);
  }, [asked, first]);
  if (organization === undefined) {
    return error ? (
      <>
        <ScreenTitle title="Organization" />
        <Notice tone="bad" title="This organization cannot be read.">
          {error.message} <a href="#/">All organizations</a>
        </Notice>
      </>
    ) : (
      <p className="quiet">Loading…</p>
    );
  }
  const part = partOf(organization, asked);
  return (
    <>
      <ScreenTitle key={part} title={titleOf(part)} above={organization.name} />
      <Tabs organization={organization} part={part} />
      {part === "synthesize" ? null : <Steps organization={organization} part={part} />}
      {error ? (
        <Notice tone="bad" title="What you see may be old.">
          {error.message}
        </Notice>
      ) : null}
      <Suspense fallback={<p className="quiet">Loading…</p>}>{screenOf({ organization, part })}</Suspense>
    </>
  );
};
