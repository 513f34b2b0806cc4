import { useEffect, useRef, useState } from "react";
import { Notice } from "../../../page-parts/notice.tsx";
import { countOf } from "../../../page-parts/words.ts";
import { addressOf, isTakenOver } from "../progress.ts";
import { call, type OrganizationDetail, pathOf, queries, useSetting } from "../sandbox-api.ts";
import { useAction } from "../use-action.ts";
import { ConnectionState } from "./connection-state.tsx";
import { KeyPanel } from "./key-panel.tsx";
import { Question } from "./question.tsx";

type Asked = "regenerate" | "disconnect";

/** Whoever waits here for the vendor is led on to the mapping, which is what comes next. */
const useGoOn = (organization: OrganizationDetail): void => {
  const { connected, organizationId } = organization;
  const isOver = isTakenOver(organization);
  const hasWaited = useRef<boolean>(false);
  useEffect(() => {
    if (isOver && hasWaited.current) window.location.replace(`#${addressOf(organizationId, "accounts")}`);
    hasWaited.current = connected && !isOver;
  }, [connected, isOver, organizationId]);
};

/** Step 1: the key that the vendor's page asks for. */
export const ConnectStep = ({ organization }: { organization: OrganizationDetail }) => {
  const { organizationId, connected, accounts } = organization;
  const { data: setting } = useSetting();
  const vendor = setting?.vendorName || "the hub";
  const [key, setKey] = useState<string | undefined>(undefined);
  const [question, setQuestion] = useState<Asked | undefined>(undefined);
  const [said, setSaid] = useState("");
  const { run, isBusy, failure } = useAction();
  // there is one thing to do then, which is to take it over
  const isAtTheKey = key !== undefined && !isTakenOver(organization);
  useGoOn(organization);
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
      setSaid(`Disconnected. ${countOf(deletedAccounts, "account")} deleted, with all counts.`);
      await refresh();
    });
  const problem = failure === undefined ? null : <Notice tone="bad">{failure}</Notice>;
  const asked = { problem, isBusy, onClose: () => setQuestion(undefined) };
  return (
    <>
      {said === "" ? null : <Notice tone="good">{said}</Notice>}
      {key === undefined ? null : (
        <KeyPanel key={key} partnerKey={key} vendor={vendor} hubUi={setting?.hubUi ?? null} />
      )}
      <ConnectionState organization={organization} vendor={vendor} isKeyShown={key !== undefined} />
      {question === undefined ? problem : null}
      {isAtTheKey ? null : connected ? (
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
        <Question
          {...asked}
          title="Regenerate the key?"
          yes="Regenerate"
          kind="primary"
          no="Keep the key"
          onYes={() => void makeKey()}
        >
          The key that {vendor} has stops working at once: {vendor} cannot send anything until you paste the new one
          there. Accounts and mappings stay.
        </Question>
      ) : null}
      {question === "disconnect" ? (
        <Question
          {...asked}
          title={`Disconnect ${vendor}?`}
          yes="Disconnect"
          kind="danger"
          no="Stay connected"
          onYes={() => void disconnect()}
        >
          The key stops working at once. Gradient deletes the {countOf(accounts.length, "account")} that {vendor} made,
          how they are mapped, and their counts. This cannot be undone.
        </Question>
      ) : null}
    </>
  );
};
