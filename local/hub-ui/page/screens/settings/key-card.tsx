import { useState } from "react";
import { Badge, Notice } from "../../../../page-parts/notice.tsx";
import { momentOf } from "../../../../page-parts/words.ts";
import { useChange } from "../../answers.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import { useSession } from "../../session.ts";
import type { Integration } from "../../states.ts";
import { ageOf } from "../overview/age-of.ts";
import { nameOf } from "../runs/run-words.ts";

interface KeyCardProps {
  token: NonNullable<Integration["token"]>;
  organizationName: string | null;
}

const Replace = ({ onReplaced }: { onReplaced(): void }) => {
  const change = useChange("PUT /v1/integrations/gradient/token");
  const [key, setKey] = useState("");
  const submit = () =>
    change.mutate(
      { body: { partnerToken: key } },
      {
        onSuccess: () => {
          setKey("");
          onReplaced();
        },
      },
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (key.trim() !== "") submit();
      }}
    >
      <label>
        New key
        <input
          type="text"
          value={key}
          onChange={(event) => setKey(event.target.value)}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
        <span className="hint">
          Generate it in Gradient, at this integration. It is checked there first; the key in use stays until the new
          one is accepted.
        </span>
      </label>
      <div className="row">
        <Button
          type="submit"
          kind="primary"
          onPress={submit}
          isPending={change.isPending}
          because={key.trim() === "" ? "Paste a key first." : undefined}
        >
          Replace the key
        </Button>
      </div>
      <Failure error={change.error} onRetry={submit} />
    </form>
  );
};

/** The key that connects the hub with Gradient: never shown, told by its end and its fingerprint. */
export const KeyCard = ({ token, organizationName }: KeyCardProps) => {
  const session = useSession();
  const [isReplaced, setReplaced] = useState(false);
  const isRejected = token.status === "rejected";
  return (
    <section className="card" aria-labelledby="key">
      <h2 id="key" tabIndex={-1}>
        Key
      </h2>
      <dl className="facts">
        <dt>Gradient organization</dt>
        <dd>
          <bdi>{organizationName ?? "–"}</bdi>
        </dd>
        <dt>Ends in</dt>
        <dd>
          <code>{token.lastFour}</code>{" "}
          <Badge tone={isRejected ? "bad" : "good"}>{isRejected ? "Refused by Gradient" : "Valid"}</Badge>
        </dd>
        <dt>Fingerprint</dt>
        <dd>
          <code>{token.fingerprint}</code>
        </dd>
        <dt>Registered</dt>
        <dd>
          {momentOf(token.registeredAt)}, {ageOf(token.registeredAt)} ago, by{" "}
          <bdi>{nameOf(session, token.registeredBy)}</bdi>
        </dd>
        <dt>Last checked</dt>
        <dd>{momentOf(token.checkedAt)}; every day by itself</dd>
      </dl>
      {isReplaced ? <Notice tone="good">Gradient has accepted the new key.</Notice> : null}
      <MayChange>
        <Replace onReplaced={() => setReplaced(true)} />
      </MayChange>
    </section>
  );
};
