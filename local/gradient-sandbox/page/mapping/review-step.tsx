import { goTo } from "../../../page-parts/address.ts";
import { Notice } from "../../../page-parts/notice.tsx";
import { countOf, momentOf, numberOf } from "../../../page-parts/words.ts";
import { addressOf } from "../progress.ts";
import { call, type OrganizationDetail, pathOf, queries, useSetting } from "../sandbox-api.ts";
import { useAction } from "../use-action.ts";
import { isOpen, type Kind, mappingOf } from "./mapping.ts";

const titles: Record<Kind, string> = { accounts: "Accounts", services: "Services" };

const kinds = ["accounts", "services"] as const;

const namesShown = 8;

const Summary = ({ organization, kind }: { organization: OrganizationDetail; kind: Kind }) => {
  const { items, words } = mappingOf(organization, kind);
  const mapped = items.filter(({ isMapped }) => isMapped).length;
  const out = items.filter(({ isMapped, excluded }) => excluded && !isMapped).length;
  return (
    <section className="card row apart summary" aria-labelledby={`review-${kind}`}>
      <h2 id={`review-${kind}`}>{titles[kind]}</h2>
      <span>
        {numberOf(mapped)} of {numberOf(items.length)} mapped{out > 0 ? `, ${numberOf(out)} excluded` : ""}
      </span>
      <a href={`#${addressOf(organization.organizationId, kind)}`}>
        Change<span className="unseen"> how {words.many} are mapped</span>
      </a>
    </section>
  );
};

/** What nobody has said yet what it is, by name. */
const LeftOpen = ({ organization }: { organization: OrganizationDetail }) => {
  const left = kinds.flatMap((kind) => {
    const { items, words } = mappingOf(organization, kind);
    const open = items.filter(isOpen);
    return open.length === 0 ? [] : [{ kind, open, counted: countOf(open.length, words.one) }];
  });
  if (left.length === 0) return null;
  return (
    <Notice tone="warn" title={`Not mapped: ${left.map(({ counted }) => counted).join(" and ")}.`}>
      {left.map(({ kind, open }) => (
        <ul key={kind} className="bare names">
          {open.slice(0, namesShown).map(({ id, name }) => (
            <li key={id}>
              <bdi>{name}</bdi>
            </li>
          ))}
          {open.length > namesShown ? <li>{countOf(open.length - namesShown, "other")}</li> : null}
        </ul>
      ))}
      Not billed until they are mapped.
    </Notice>
  );
};

/** What was told to the vendor, in words. */
const toldOf = ({ webhook }: OrganizationDetail, vendor: string): string => {
  if (webhook?.delivered) return `This was told to ${vendor}.`;
  return `Within minutes ${vendor} finds out by itself${webhook === null ? "" : ", if it is not told before"}.`;
};

/** Step 4: *Finish*. One account and one service are enough; the rest may follow, or never. */
export const ReviewStep = ({ organization }: { organization: OrganizationDetail }) => {
  const { organizationId, finishedAt } = organization;
  const { data: setting } = useSetting();
  const vendor = setting?.vendorName || "the vendor";
  const { run, isBusy, failure } = useAction();
  const finish = () =>
    run(async () => {
      await call("POST", pathOf(organizationId, "/finish"), {});
      // before anything else can come to stand in the place of the button
      if (finishedAt === null) goTo(addressOf(organizationId, "synthesize"));
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
          {toldOf(organization, vendor)}
        </Notice>
      )}
      <LeftOpen organization={organization} />
      {finishedAt === null ? (
        <div className="row onward">
          <button type="button" className="primary" disabled={isBusy} onClick={() => void finish()}>
            Finish
          </button>
          <span className="quiet small">tells {vendor}</span>
        </div>
      ) : (
        <div className="row onward">
          <a className="button primary" href={`#${addressOf(organizationId, "synthesize")}`}>
            Go to SYNTHESIZE
          </a>
          <button type="button" disabled={isBusy} onClick={() => void finish()}>
            Tell {vendor} again
          </button>
        </div>
      )}
    </>
  );
};
