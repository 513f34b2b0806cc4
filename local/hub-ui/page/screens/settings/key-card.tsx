import { useState } from "react";
import { Badge, Notice } from "../../../../page-parts/notice.tsx";
import { momentOf } from "../../../../page-parts/words.ts";
import { KeyForm } from "../../parts/key-form.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import { nameOf } from "../../people.ts";
import { useSession } from "../../session.ts";
import type { Integration } from "../../states.ts";
import { ageOf } from "../overview/age-of.ts";

interface KeyCardProps {
  token: NonNullable<Integration["token"]>;
  organizationName: string | null;
}

/** The key that connects the hub with Gradient: never shown, told by its end and its fingerprint. */
export const KeyCard = ({ token, organizationName }: KeyCardProps) => {
  const { setting } = useSession();
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
          <bdi>{nameOf(setting, token.registeredBy)}</bdi>
        </dd>
        <dt>Last checked</dt>
        <dd>{momentOf(token.checkedAt)}; every day by itself</dd>
      </dl>
      {isReplaced ? <Notice tone="good">Gradient has accepted the new key.</Notice> : null}
      <MayChange>
        <h3>Replace the key</h3>
        <p className="quiet">
          Generate a new one in Gradient, at this integration. It is checked there first; the key in use stays until the
          new one is accepted.
        </p>
        <KeyForm act="Replace the key" onDone={() => setReplaced(true)} />
      </MayChange>
    </section>
  );
};
