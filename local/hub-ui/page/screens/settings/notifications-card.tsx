import { useState } from "react";
import { Notice } from "../../../../page-parts/notice.tsx";
import { useChange } from "../../answers.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import type { Integration } from "../../states.ts";
import { addressesIn, namingAddresses } from "./addresses.ts";

type Notifications = Integration["notifications"];

const Form = ({ notifications }: { notifications: Notifications }) => {
  const change = useChange("PUT /v1/integrations/gradient/notifications");
  const [text, setText] = useState<string | undefined>(undefined);
  const [onSuccess, setOnSuccess] = useState<boolean | undefined>(undefined);
  const shown = { text: text ?? notifications.recipients.join("\n"), onSuccess: onSuccess ?? notifications.onSuccess };
  const save = () =>
    change.mutate(
      { body: { recipients: addressesIn(shown.text), onSuccess: shown.onSuccess } },
      {
        onSuccess: () => {
          setText(undefined);
          setOnSuccess(undefined);
        },
      },
    );
  const failure = namingAddresses(change.error, change.variables?.asked.body?.recipients ?? []);
  const isChanged = text !== undefined || onSuccess !== undefined;
  return (
    <form className="stack">
      <label>
        E-mail addresses, one in a line
        <textarea rows={4} value={shown.text} onChange={(event) => setText(event.target.value)} spellCheck={false} />
        <span className="hint">Ten at most. The owner is told of every new one: results name your customers.</span>
      </label>
      <label className="check">
        <input type="checkbox" checked={shown.onSuccess} onChange={(event) => setOnSuccess(event.target.checked)} />
        Also when everything went well
      </label>
      <Failure error={failure} onRetry={save} />
      <div className="row">
        <Button type="submit" kind="primary" onPress={save} isPending={change.isPending}>
          Save the recipients
        </Button>
      </div>
      {change.isSuccess && !isChanged ? <Notice tone="good">The recipients are saved.</Notice> : null}
    </form>
  );
};

/** Who hears of results beside the owner. */
export const NotificationsCard = ({ notifications }: { notifications: Notifications }) => {
  const { recipients, onSuccess } = notifications;
  return (
    <section className="card" aria-labelledby="notifications">
      <h2 id="notifications" tabIndex={-1}>
        Who hears of results
      </h2>
      <p>
        The owner, always
        {recipients.length === 0 ? "" : `, and ${recipients.join(", ")}`}.{" "}
        {onSuccess ? "Of every run that had something to send." : "Of runs that failed or went in part."}
      </p>
      <MayChange>
        <Form notifications={notifications} />
      </MayChange>
    </section>
  );
};
