import { Badge } from "../../../../page-parts/notice.tsx";
import { momentOf } from "../../../../page-parts/words.ts";
import { KeyForm } from "../../parts/key-form.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import { nameOf } from "../../people.ts";
import { useSession } from "../../session.ts";
import type { Integration } from "../../states.ts";
import { GoToGradient } from "../../wizard/go-to-gradient.tsx";
import { ageOf } from "../overview/age-of.ts";

interface KeyCardProps {
  integration: Integration;
  token: NonNullable<Integration["token"]>;
}

/** The key that connects the hub with Gradient: never shown, told by its end and its fingerprint. */
export const KeyCard = ({ integration, token }: KeyCardProps) => {
  const { setting } = useSession();
  const isRejected = token.status === "rejected";
  return (
    <section className="card" aria-labelledby="key">
      <h2 id="key" tabIndex={-1}>
        Key
      </h2>
      <dl className="facts">
        <dt>Gradient organization</dt>
        <dd>
          <bdi>{integration.gradient.organizationName ?? "–"}</bdi>
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
      <MayChange>
        <h3>Replace the key</h3>
        <p>
          Generate a new one in Gradient, at this integration, and paste it here right away: from the moment it is
          generated Gradient refuses the key before, and nothing is sent until the new one is saved. What you paste is
          checked with Gradient first; one that it does not accept changes nothing here.
        </p>
        <div className="row">
          <GoToGradient integration={integration} />
        </div>
        <KeyForm act="Replace the key" done="Gradient has accepted the new key." />
      </MayChange>
    </section>
  );
};
