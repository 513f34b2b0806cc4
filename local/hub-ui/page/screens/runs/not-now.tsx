import { useSession, whoMay } from "../../session.ts";
import type { Integration } from "../../states.ts";

/** Where to go first, while nothing can be sent. */
export const NotNow = ({ integration: { state, disconnecting, token } }: { integration: Integration }) => {
  const { mayChange } = useSession();
  if (disconnecting !== null)
    return <p>Only the zeros of your disconnection are sent now, by themselves, and nothing else.</p>;
  return (
    <>
      <p>
        {state === "suspended" && token?.status === "rejected" ? (
          <>
            Nothing can be sent until{" "}
            {mayChange ? <a href="#/settings/key">the key is replaced</a> : "the key is replaced"}. What was left over
            is sent by itself then.
          </>
        ) : (
          <>
            Nothing can be sent until{" "}
            <a href="#/connect">
              {state === "awaiting-mapping" ? "customers and services are mapped" : "Gradient is connected"}
            </a>
            .
          </>
        )}
      </p>
      {mayChange ? null : <p className="quiet small">{whoMay}</p>}
    </>
  );
};
