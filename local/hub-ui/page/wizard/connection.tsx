import { Badge } from "../../../page-parts/notice.tsx";
import { momentOf } from "../../../page-parts/words.ts";
import { nameOf } from "../people.ts";
import { useSession } from "../session.ts";
import type { Integration } from "../states.ts";

const KeyBadge = ({ status }: { status: string }) =>
  status === "valid" ? (
    <Badge tone="good">Gradient takes the key</Badge>
  ) : (
    <Badge tone="bad">Gradient refuses the key</Badge>
  );

/** What the stored key is, and whose; in a line where something else is to be done. The key is never shown again. */
export const Connection = ({ integration }: { integration: Integration }) => {
  const { setting } = useSession();
  const { token, gradient, state } = integration;
  if (token === null) return null;
  const organization = (
    <strong>
      <bdi>{gradient.organizationName ?? "unknown"}</bdi>
    </strong>
  );
  if (state === "awaiting-agreement")
    return (
      <p className="row">
        <KeyBadge status={token.status} />
        <span>Connected with {organization}</span>
      </p>
    );
  return (
    <section className="card">
      <div className="row apart">
        <h3>Your connection to Gradient</h3>
        <KeyBadge status={token.status} />
      </div>
      <dl className="facts">
        <dt>Gradient organization</dt>
        <dd>{organization}</dd>
        <dt>Key</dt>
        <dd>
          ends in <code>{token.lastFour}</code>
        </dd>
        <dt>Registered</dt>
        <dd>
          {momentOf(token.registeredAt)} by <bdi>{nameOf(setting, token.registeredBy)}</bdi>
        </dd>
      </dl>
    </section>
  );
};
