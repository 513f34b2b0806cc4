import { Badge, Notice } from "../../page-parts/notice.tsx";
import { momentOf } from "../../page-parts/words.ts";
import { NewOrganization } from "./connect/new-organization.tsx";
import { addressOf, stateOf } from "./progress.ts";
import { type OrganizationSummary, useOrganizations, useSetting } from "./sandbox-api.ts";
import { ScreenTitle } from "./screen-title.tsx";

/** A connection whose views were never built has a date of 1900. */
const isNever = (lastSyncedAt: string): boolean => lastSyncedAt.startsWith("1900");

export const syncedOf = (lastSyncedAt: string): string => (isNever(lastSyncedAt) ? "never" : momentOf(lastSyncedAt));

interface OrganizationCardProps {
  organization: OrganizationSummary;
  /** The first that waits for somebody. */
  isNext: boolean;
}

const OrganizationCard = ({ organization, isNext }: OrganizationCardProps) => {
  const { tone, words, next, action } = stateOf(organization);
  return (
    <li className="card row apart">
      <div className="grow">
        <h2>{organization.name}</h2>
        <div className="row">
          <Badge tone={tone}>{words}</Badge>
          {isNever(organization.lastSyncedAt) ? null : (
            <span className="quiet small">Last synced: {syncedOf(organization.lastSyncedAt)}</span>
          )}
        </div>
      </div>
      <a className={isNext ? "button primary" : "button"} href={`#${addressOf(organization.organizationId, next)}`}>
        {action}
        <span className="unseen"> {organization.name}</span>
      </a>
    </li>
  );
};

/** Every MSP that has an account at this Gradient. */
export const OrganizationList = () => {
  const { data, error } = useOrganizations();
  const { data: setting } = useSetting();
  const next = data?.items.find(({ finishedAt }) => finishedAt === null);
  return (
    <>
      <ScreenTitle title="Organizations" />
      <p className="lead">
        You are the MSP: connect {setting?.vendorName || "the vendor"}, map its accounts to your PSA, approve usage.
      </p>
      {error ? (
        <Notice tone="bad" title="The organizations cannot be read.">
          {error.message}
        </Notice>
      ) : null}
      {data === undefined && !error ? <p className="quiet">Loading…</p> : null}
      {data?.items.length === 0 ? (
        <Notice tone="neutral" title="There is no organization yet.">
          Add one below: it is where the partner's key comes from.
        </Notice>
      ) : null}
      <ul className="bare">
        {data?.items.map((one) => (
          <OrganizationCard key={one.organizationId} organization={one} isNext={one === next} />
        ))}
      </ul>
      <NewOrganization isOpen={data?.items.length === 0} />
    </>
  );
};
