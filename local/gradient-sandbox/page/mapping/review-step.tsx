import { useEffect, useRef } from "react";
import { Notice } from "../../../page-parts/notice.tsx";
import { countOf, momentOf, numberOf } from "../../../page-parts/words.ts";
import { addressOf, wizardOf } from "../progress.ts";
import { call, type OrganizationDetail, pathOf, queries, useSetting } from "../sandbox-api.ts";
import { useAction } from "../use-action.ts";
import { isOpen, type Kind, mappingOf } from "./mapping.ts";

const titles: Record<Kind, string> = { accounts: "Accounts", services: "Services" };

const kinds = ["accounts", "services"] as const;

const namesShown = 10;

const Summary = ({ organization, kind }: { organization: OrganizationDetail; kind: Kind }) => {
  const { items, words } = mappingOf(organization, kind);
  const mapped = items.filter(({ isMapped }) => isMapped).length;
  const open = items.filter(isOpen);
  return (
    <section className="card" aria-labelledby={`review-${kind}`}>
      <h2 id={`review-${kind}`}>{titles[kind]}</h2>
      <dl className="facts">
        <dt>Mapped</dt>
        <dd>{numberOf(mapped)}</dd>
        <dt>Not mapped</dt>
        <dd>{numberOf(open.length)}</dd>
        <dt>Excluded</dt>
        <dd>{numberOf(items.length - mapped - open.length)}</dd>
      </dl>
      {open.length === 0 ? null : (
        <>
          <p className="small left-open">Not mapped:</p>
          <ul className="small">
            {open.slice(0, namesShown).map(({ id, name }) => (
              <li key={id}>{name}</li>
            ))}
            {open.length > namesShown ? <li>and {countOf(open.length - namesShown, "other")}</li> : null}
          </ul>
        </>
      )}
      <a href={`#${addressOf(organization.organizationId, kind)}`}>
        Change<span className="unseen"> how {words.many} are mapped</span>
      </a>
    </section>
  );
};

/** What was told to the vendor, in words. */
const toldOf = ({ webhook }: OrganizationDetail, vendor: string): string => {
  if (webhook === null) return `${vendor} finds out by itself, within minutes.`;
  if (webhook.delivered) return `${vendor} was told.`;
  return `${vendor} is being told; it also finds out by itself, within minutes.`;
};

/** Step 4: *Finish*. One account and one service are enough; the rest may follow, or never. */
export const ReviewStep = ({ organization }: { organization: OrganizationDetail }) => {
  const { organizationId, finishedAt } = organization;
  const { data: setting } = useSetting();
  const vendor = setting?.vendorName || "The vendor";
  const { run, isBusy, failure } = useAction();
  const open = kinds.flatMap((kind) => {
    const { items, words } = mappingOf(organization, kind);
    const count = items.filter(isOpen).length;
    return count === 0 ? [] : [countOf(count, words.one)];
  });
  const onward = useRef<HTMLAnchorElement>(null);
  const isPressed = useRef<boolean>(false);
  useEffect(() => {
    if (isPressed.current && finishedAt !== null) onward.current?.focus();
    isPressed.current = false;
  }, [finishedAt]);
  const finish = () =>
    run(async () => {
      isPressed.current = true;
      await call("POST", pathOf(organizationId, "/finish"), {});
      await queries.invalidateQueries({ queryKey: ["organization", organizationId] });
      await queries.invalidateQueries({ queryKey: ["organizations"] });
    });
  return (
    <>
      <div className="halves">
        <Summary organization={organization} kind="accounts" />
        <Summary organization={organization} kind="services" />
      </div>
      {failure === undefined ? null : (
        <Notice tone="bad" title="Not finished.">
          {failure}
        </Notice>
      )}
      {finishedAt === null ? null : (
        <Notice tone="good" title={`Finished ${momentOf(finishedAt)}.`}>
          {toldOf(organization, vendor)} Usage then arrives in SYNTHESIZE.
        </Notice>
      )}
      {open.length === 0 ? null : (
        <Notice tone="warn" title={`Not mapped: ${open.join(" and ")}.`}>
          Their usage is not billed. You may finish all the same, and map them later.
        </Notice>
      )}
      <div className="row">
        <button
          type="button"
          className={finishedAt === null ? "primary" : ""}
          disabled={isBusy}
          onClick={() => void finish()}
        >
          {finishedAt === null ? "Finish" : "Finish again"}
        </button>
        {finishedAt === null ? null : (
          <a ref={onward} className="button primary" href={`#${addressOf(organizationId, "synthesize")}`}>
            Go to SYNTHESIZE
          </a>
        )}
        {finishedAt !== null && setting?.hubUi ? <a href={wizardOf(setting.hubUi)}>Back to the hub</a> : null}
      </div>
    </>
  );
};
