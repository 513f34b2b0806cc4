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

const Organization = ({ integration: { gradient } }: { integration: Integration }) => (
  <strong>
    <bdi>{gradient.organizationName ?? "unknown"}</bdi>
  </strong>
);

/** Whose key it is, in a line, where the agreement is still to be confirmed. */
export const ConnectedWith = ({ integration }: { integration: Integration }) => {
  const { token, state } = integration;
  if (token === null || state !== "awaiting-agreement") return null;
  return (
    <span>
      {token.status === "valid" ? null : <KeyBadge status={token.status} />} Connected with{" "}
      <Organization integration={integration} />
    </span>
  );
};

/** What the stored key is, and whose. The key is never shown again. */
export const Connection = ({ integration }: { integration: Integration }) => {
  const { setting } = useSession();
  const { token, state } = integration;
  if (token === null || state === "awaiting-agreement") return null;
  return (
    <section className="card">
      <div className="row apart">
        <h3>Your connection to Gradient</h3>
        <KeyBadge status={token.status} />
      </div>
      <dl className="facts">
        <dt>Gradient organization</dt>
        <dd>
          <Organization integration={integration} />
        </dd>
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
