import { Badge } from "../../../page-parts/notice.tsx";
import { momentOf } from "../../../page-parts/words.ts";
import { nameOf } from "../people.ts";
import { useSession } from "../session.ts";
import type { Integration } from "../states.ts";

/** What the stored key is, and whose. The key itself is never shown again. */
export const Connection = ({ integration: { token, gradient } }: { integration: Integration }) => {
  const { setting } = useSession();
  if (token === null) return null;
  return (
    <section className="card">
      <div className="row apart">
        <h3>Your connection to Gradient</h3>
        {token.status === "valid" ? (
          <Badge tone="good">Gradient takes the key</Badge>
        ) : (
          <Badge tone="bad">Gradient refuses the key</Badge>
        )}
      </div>
      <dl className="facts">
        <dt>Gradient organization</dt>
        <dd>
          <strong>
            <bdi>{gradient.organizationName ?? "unknown"}</bdi>
          </strong>
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
