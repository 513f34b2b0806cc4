import { useState } from "react";
import { Dialog } from "../../page-parts/dialog.tsx";
import { Notice } from "../../page-parts/notice.tsx";
import { countOf } from "../../page-parts/words.ts";
import { KeyPanel } from "./key-panel.tsx";
import { syncedOf } from "./organization-list.tsx";
import { addressOf, isTakenOver } from "./progress.ts";
import { call, type OrganizationDetail, pathOf, queries, useSetting } from "./sandbox-api.ts";
import { useAction } from "./use-action.ts";

type Question = "regenerate" | "disconnect";

const Standing = ({ organization, vendor }: { organization: OrganizationDetail; vendor: string }) => {
  const { connected, organizationId, status, lastSyncedAt } = organization;
  if (!connected) {
    return (
      <section className="card">
        <h2>Connect {vendor}</h2>
        <p>
          Gradient makes a key for you. The vendor's own page asks for it: whoever has the key may send your usage to
          Gradient, and nothing else.
        </p>
      </section>
    );
  }
  if (!isTakenOver(organization)) {
    return (
      <Notice tone="warn" title={`Waiting for ${vendor} to take over the key.`}>
        Paste the key there. This page goes on by itself: the next steps open as soon as the vendor answers.
      </Notice>
    );
  }
  return (
    <section className="card">
      <h2>{vendor} is connected</h2>
      <dl className="facts">
        <dt>Status</dt>
        <dd>{status}</dd>
        <dt>Last synced</dt>
        <dd>{syncedOf(lastSyncedAt)}</dd>
        <dt>Accounts from the vendor</dt>
        <dd>{organization.accounts.length}</dd>
        <dt>Services from the vendor</dt>
        <dd>{organization.services.length}</dd>
      </dl>
      <p>
        <a className="button primary" href={`#${addressOf(organizationId, "accounts")}`}>
          Go on to account mapping
        </a>
      </p>
    </section>
  );
};

/** Step 1: the key that the vendor's page asks for. */
export const ConnectStep = ({ organization }: { organization: OrganizationDetail }) => {
  const { organizationId, connected, accounts } = organization;
  const { data: setting } = useSetting();
  const vendor = setting?.vendorName || "the hub";
  const [key, setKey] = useState<string | undefined>(undefined);
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  const [said, setSaid] = useState("");
  const { run, isBusy, failure } = useAction();
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: ["organization", organizationId] });
    await queries.invalidateQueries({ queryKey: ["organizations"] });
  };
  const makeKey = () =>
    run(async () => {
      const { partnerToken } = await call<{ partnerToken: string }>("POST", pathOf(organizationId, "/keys"), {});
      setKey(partnerToken);
      setSaid("");
      setQuestion(undefined);
      await refresh();
    });
  const disconnect = () =>
    run(async () => {
      const { deletedAccounts } = await call<{ deletedAccounts: number }>(
        "POST",
        pathOf(organizationId, "/disconnect"),
        {},
      );
      setKey(undefined);
      setQuestion(undefined);
      setSaid(`Disconnected. ${countOf(deletedAccounts, "account")} and their counts were deleted.`);
      await refresh();
    });
  const problem = failure === undefined ? null : <Notice tone="bad">{failure}</Notice>;
  return (
    <>
      {said === "" ? null : <Notice tone="good">{said}</Notice>}
      {key === undefined ? null : (
        <KeyPanel partnerKey={key} vendor={vendor} hubUi={setting?.hubUi ?? null} onDone={() => setKey(undefined)} />
      )}
      <Standing organization={organization} vendor={vendor} />
      {question === undefined ? problem : null}
      {connected ? (
        <div className="row">
          <button type="button" onClick={() => setQuestion("regenerate")}>
            Regenerate key
          </button>
          <button type="button" className="danger" onClick={() => setQuestion("disconnect")}>
            Disconnect
          </button>
        </div>
      ) : (
        <button type="button" className="primary" disabled={isBusy} onClick={() => void makeKey()}>
          Connect and generate a key
        </button>
      )}
      {question === "regenerate" ? (
        <Dialog title="Regenerate the key?" onClose={() => setQuestion(undefined)}>
          <p>
            The key of now is worthless at once: {vendor} cannot send anything until you paste the new one there.
            Accounts and mappings stay.
          </p>
          {problem}
          <div className="row">
            <button type="button" className="primary" disabled={isBusy} onClick={() => void makeKey()}>
              Regenerate
            </button>
            <button type="button" onClick={() => setQuestion(undefined)}>
              Keep the key
            </button>
          </div>
        </Dialog>
      ) : null}
      {question === "disconnect" ? (
        <Dialog title={`Disconnect ${vendor}?`} onClose={() => setQuestion(undefined)}>
          <p>
            The key is worthless at once. Gradient deletes the {countOf(accounts.length, "account")} that {vendor} made,
            how they are mapped, and their counts. This cannot be undone.
          </p>
          {problem}
          <div className="row">
            <button type="button" className="danger" disabled={isBusy} onClick={() => void disconnect()}>
              Disconnect
            </button>
            <button type="button" onClick={() => setQuestion(undefined)}>
              Stay connected
            </button>
          </div>
        </Dialog>
      ) : null}
    </>
  );
};
