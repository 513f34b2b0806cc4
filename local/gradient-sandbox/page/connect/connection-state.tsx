import { Notice } from "../../../page-parts/notice.tsx";
import { syncedOf } from "../organization-list.tsx";
import { addressOf, isTakenOver } from "../progress.ts";
import type { OrganizationDetail } from "../sandbox-api.ts";

interface ConnectionStateProps {
  organization: OrganizationDetail;
  vendor: string;
  /** The new key still stands on the page. */
  isKeyShown: boolean;
}

/** Where the connection stands, and above all where its key is: it is shown once, and whoever reloads has lost it. */
export const ConnectionState = ({ organization, vendor, isKeyShown }: ConnectionStateProps) => {
  const { connected, isKeyUsed } = organization;
  if (!connected) {
    return <p className="lead">The key lets {vendor} send your usage, nothing else.</p>;
  }
  const lost =
    isKeyShown || isKeyUsed ? null : (
      <p>
        The key was shown once and cannot be shown again. If it is lost, press <em>Regenerate key</em>.
      </p>
    );
  // beside the key stands what to do with it
  if (isKeyShown && !isTakenOver(organization)) return null;
  if (isTakenOver(organization) && isKeyUsed) return <Connected organization={organization} vendor={vendor} />;
  if (isTakenOver(organization)) {
    return (
      <Notice tone="warn" title={`${vendor} still has the key from before, which does not work any more.`}>
        <p>It cannot send anything until you paste the new key on its page, under Settings.</p>
        {lost}
      </Notice>
    );
  }
  return (
    <Notice tone="warn" title={`Waiting for ${vendor}.`}>
      <p>
        {isKeyUsed
          ? "It has your key. Account mapping opens here by itself."
          : "Paste the key there; account mapping then opens here."}
      </p>
      {lost}
    </Notice>
  );
};

const Connected = ({ organization, vendor }: Omit<ConnectionStateProps, "isKeyShown">) => {
  const { organizationId, status, lastSyncedAt, accounts, services } = organization;
  return (
    <section className="card">
      <h2>{vendor} is connected</h2>
      <dl className="facts">
        <dt>Status</dt>
        <dd>{status}</dd>
        <dt>Key</dt>
        <dd>in use by {vendor}; nobody can look it up any more</dd>
        <dt>Last synced</dt>
        <dd>{syncedOf(lastSyncedAt)}</dd>
        <dt>Accounts from the vendor</dt>
        <dd>{accounts.length}</dd>
        <dt>Services from the vendor</dt>
        <dd>{services.length}</dd>
      </dl>
      <p>
        <a className="button primary" href={`#${addressOf(organizationId, "accounts")}`}>
          Go on to account mapping
        </a>
      </p>
    </section>
  );
};
