import { type RefObject, useState } from "react";
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
import { addressOf } from "../steps.tsx";
import { InShort } from "./in-short.tsx";
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
      <h3 ref={heading} tabIndex={-1}>
        Your agreement to share usage
      </h3>
      <Answered answer={agreement}>
        {(text) => (
          <>
            <Confirmed integration={integration} text={text} />
            {integration.agreement?.sha256 === text.sha256 ? null : (
              // of another text the tick would mean something else
              <Confirm key={text.sha256} text={text} isNewer={integration.agreement !== null} confirming={confirming} />
            )}
          </>
        )}
      </Answered>
    </section>
  );
};

const Words = ({ text: { title, markdown, version } }: { text: Text }) => (
  <>
    <Markdown text={markdown} title={title} />
    <p className="small quiet">Version {version}</p>
  </>
);

/**
 * Lives as long as the step does, and not only as the text to confirm: that goes as soon as a reading finds it
 * confirmed, be it before the answer to the press, and where another text takes its place, this says why.
 */
const useConfirm = (isNewer: boolean) => {
  const { mutate, isPending, error } = useChange("POST /v1/integrations/gradient/agreement/confirmations");
  const show = useShowIntegration();
  const confirm = ({ version, sha256 }: Text) => {
    // the first time this was the step's last act
    const goOn = async (integration: Integration) => {
      await show(integration);
      if (!isNewer) goTo(addressOf(2));
    };
    mutate({ body: { version, sha256 } }, { onSuccess: (integration) => void goOn(integration) });
  };
  return { confirm, isPending, error };
};

interface ConfirmProps {
  text: Text;
  isNewer: boolean;
  confirming: ReturnType<typeof useConfirm>;
}

const Confirm = ({ text, isNewer, confirming }: ConfirmProps) => {
  const { person } = useSession();
  const [isRead, setRead] = useState(false);
  const confirm = () => confirming.confirm(text);
  return (
    <>
      {isNewer ? (
        <Notice tone="warn" title="The agreement has changed">
          Read the new text and confirm it, so that usage goes on being sent.
        </Notice>
      ) : null}
      <InShort version={text.version} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without a mouse it could not be scrolled (WCAG 2.1.1) */}
      <section className="paper whole" aria-label={text.title} tabIndex={0}>
        <h4>{text.title}</h4>
        <Words text={text} />
      </section>
      <Failure error={confirming.error} onRetry={confirm} />
      <MayChange>
        <label className="tick">
          <input type="checkbox" checked={isRead} onChange={(event) => setRead(event.target.checked)} />
          <span>
            I have read this and may agree to it for <bdi>{person.organization}</bdi>.
          </span>
        </label>
        <p className="small quiet">Your organization's owner gets an e-mail about it.</p>
        <div className="row">
          <Button
            kind="primary"
            onPress={confirm}
            isPending={confirming.isPending}
            because={isRead ? undefined : "Tick the box above first."}
          >
            Confirm the agreement
          </Button>
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
          <section className="paper" aria-label={text.title}>
            <Words text={text} />
          </section>
        </details>
      ) : null}
    </>
  );
};
