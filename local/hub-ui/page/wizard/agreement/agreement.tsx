import { type RefObject, useRef, useState } from "react";
import type { BodyOf } from "#client/api-client";
import { goTo } from "../../../../page-parts/address.ts";
import { Badge, Notice } from "../../../../page-parts/notice.tsx";
import { momentOf } from "../../../../page-parts/words.ts";
import { useAnswer, useChange } from "../../answers.ts";
import { useShowIntegration } from "../../integration.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import { nameOf } from "../../people.ts";
import { useSession } from "../../session.ts";
import type { Integration } from "../../states.ts";
import { ConnectedWith } from "../connection.tsx";
import { addressOf } from "../steps.tsx";
import { Markdown } from "./markdown.tsx";
import { OwnerMail } from "./owner-mail.tsx";

type Text = BodyOf<"GET /v1/integrations/gradient/agreement">;

interface AgreementProps {
  integration: Integration;
  heading: RefObject<HTMLHeadingElement | null> | undefined;
}

/** The text in force, to read and to confirm; and what was confirmed, with the owner's e-mail about it. */
export const Agreement = ({ integration, heading }: AgreementProps) => {
  const agreement = useAnswer("GET /v1/integrations/gradient/agreement", {});
  const confirming = useConfirm(integration.agreement !== null);
  return (
    <section className="card">
      <div className="row apart">
        <h3 ref={heading} tabIndex={-1}>
          Your agreement
        </h3>
        <ConnectedWith integration={integration} />
      </div>
      <Answered answer={agreement}>
        {(text) => (
          <>
            <Confirmed integration={integration} text={text} />
            {holds(integration.agreement, text) ? null : (
              <Confirm
                // what was shown is confirmed by now, in this tab or another: the next text is read from its start
                key={integration.agreement?.sha256}
                inForce={text}
                isNewer={integration.agreement !== null}
                confirming={confirming}
              />
            )}
          </>
        )}
      </Answered>
    </section>
  );
};

/** What was confirmed is this text, or a newer one, which a service that was rolled back does not know. */
const holds = (agreement: Integration["agreement"], text: Text): boolean =>
  agreement !== null && (agreement.sha256 === text.sha256 || agreement.version > text.version);

interface PaperProps {
  text: Text;
  heading?: RefObject<HTMLHeadingElement | null>;
}

const Paper = ({ text: { title, markdown, version }, heading }: PaperProps) => (
  <section className="paper" aria-label={title}>
    <div className="row apart">
      <h4 ref={heading} tabIndex={-1}>
        {title}
      </h4>
      <span className="small quiet">Version {version}</span>
    </div>
    <Markdown text={markdown} title={title} />
  </section>
);

/**
 * Lives as long as the step does, and not only as the text to confirm: that goes as soon as a reading finds it
 * confirmed, be it before the answer to the press, and where another text takes its place, this says why.
 */
const useConfirm = (isNewer: boolean) => {
  const { mutate, isPending, error, reset } = useChange("POST /v1/integrations/gradient/agreement/confirmations");
  const show = useShowIntegration();
  const confirm = ({ version, sha256 }: Text) => {
    // the first time this was the step's last act
    const goOn = async (integration: Integration) => {
      await show(integration);
      if (!isNewer) goTo(addressOf(2));
    };
    mutate({ body: { version, sha256 } }, { onSuccess: (integration) => void goOn(integration) });
  };
  return { confirm, isPending, error, forget: reset };
};

const isSame = (one: Text, other: Text): boolean => one.sha256 === other.sha256 && one.version === other.version;

interface ConfirmProps {
  /** As it was read last, which may be a moment ago. */
  inForce: Text;
  isNewer: boolean;
  confirming: ReturnType<typeof useConfirm>;
}

/**
 * Confirms the text that stands on the page. One that takes its place meanwhile is shown when it is asked for, and
 * nothing can be confirmed before that: no press that was meant for one text confirms another.
 */
const Confirm = ({ inForce, isNewer, confirming }: ConfirmProps) => {
  const { person } = useSession();
  const [shown, setShown] = useState(inForce);
  const heading = useRef<HTMLHeadingElement>(null);
  const isOutdated = !isSame(shown, inForce);
  const confirm = () => confirming.confirm(shown);
  const showNew = () => {
    confirming.forget();
    setShown(inForce);
    // to be read from its start, by whoever hears it, too
    heading.current?.focus();
  };
  return (
    <>
      {isNewer ? (
        <Notice tone="warn" title="The agreement has changed">
          Read the new text and confirm it, so that usage goes on being sent.
        </Notice>
      ) : null}
      <Paper text={shown} heading={heading} />
      {isOutdated ? (
        <>
          <Notice tone="bad" title="The agreement was changed while you were reading">
            The text above is the one from before, which cannot be confirmed any more.
          </Notice>
          <Button onPress={showNew}>Show the new text</Button>
        </>
      ) : (
        <Failure error={confirming.error} onRetry={confirm} />
      )}
      <MayChange>
        <div className="row">
          <Button
            kind="primary"
            onPress={confirm}
            isPending={confirming.isPending}
            because={isOutdated ? "Read the new text first." : undefined}
          >
            Confirm the agreement
          </Button>
          <span>
            if you may agree for <bdi>{person.organization}</bdi>.
            {person.role === "owner" ? null : " The owner is told by e-mail."}
          </span>
        </div>
      </MayChange>
    </>
  );
};

const Confirmed = ({ integration: { agreement }, text }: { integration: Integration; text: Text }) => {
  const { setting } = useSession();
  if (agreement === null) return null;
  return (
    <>
      <div className="row">
        <Badge tone="good">Confirmed</Badge>
        <span>
          Version {agreement.version}, {momentOf(agreement.confirmedAt)} by{" "}
          <bdi>{nameOf(setting, agreement.confirmedBy)}</bdi>
        </span>
      </div>
      <OwnerMail version={agreement.version} mail={agreement.ownerEmail} />
      {agreement.sha256 === text.sha256 ? (
        <details>
          <summary>Read what was agreed to, and what data is shared</summary>
          <Paper text={text} />
        </details>
      ) : null}
    </>
  );
};
