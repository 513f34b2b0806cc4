import { momentOf } from "../../../../page-parts/words.ts";
import { useChange } from "../../answers.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import { useSession } from "../../session.ts";
import type { Integration } from "../../states.ts";

type Mail = NonNullable<NonNullable<Integration["agreement"]>["ownerEmail"]>;

const words: Record<string, string> = {
  queued: "The e-mail to the owner is on its way.",
  sent: "The e-mail to the owner was sent.",
  delivered: "The e-mail to the owner has arrived.",
  bounced: "The e-mail to the owner came back.",
  complained: "The owner's mailbox called the e-mail unwanted.",
  failed: "The e-mail to the owner could not be sent.",
};
const details: Record<string, string> = {
  suppressed: "The address is on the mail service's list of those it does not write to.",
  hard: "There is no such mailbox: have the owner's address corrected in the hub.",
  soft: "The mailbox is full or was not to be reached: it may work later.",
};

/** Where the owner's e-mail about the confirmation is. It holds nothing up, whatever becomes of it. */
export const OwnerMail = ({ version, mail }: { version: string; mail: Mail | null }) => {
  const { setting } = useSession();
  const sending = useChange("POST /v1/integrations/gradient/agreement/confirmations/{version}/owner-email");
  const again = () => sending.mutate({ path: { version }, body: {} });
  return (
    <>
      <p role="status">
        {mail === null
          ? "The e-mail to the owner was sent more than a year ago."
          : (words[mail.status] ?? `The e-mail to the owner: ${mail.status}.`)}{" "}
        {mail?.detail ? `${details[mail.detail] ?? mail.detail} ` : null}
        {mail === null ? null : <span className="small quiet">{momentOf(mail.at)}</span>}
      </p>
      <Failure error={sending.error} onRetry={again} />
      <MayChange>
        <p className="row">
          <Button onPress={again} isPending={sending.isPending}>
            Send the e-mail again
          </Button>
          <a href={setting.mailbox} target="_blank" rel="noopener noreferrer">
            See it in the sample mailbox
          </a>
        </p>
      </MayChange>
    </>
  );
};
