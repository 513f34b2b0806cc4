import { useEffect } from "react";
import { useAddress } from "../../../page-parts/address.ts";
import { useIntegration } from "../integration.ts";
import { Answered } from "../parts/answered.tsx";
import { Disconnecting } from "../parts/disconnecting.tsx";
import { ToConnect } from "../parts/to-connect.tsx";
import { stateWords } from "../states.ts";
import { useHeadingFocus } from "../wizard/focus.ts";
import { DisconnectCard } from "./settings/disconnect-card.tsx";
import { KeyCard } from "./settings/key-card.tsx";
import { NotificationsCard } from "./settings/notifications-card.tsx";
import { ScheduleCard } from "./settings/schedule-card.tsx";

/** A link to `#/settings/key` leads to that part of the screen. */
const useGoToPart = (isThere: boolean) => {
  const [, , part = ""] = useAddress().split("/");
  useEffect(() => {
    if (!isThere || part === "") return;
    const heading = document.getElementById(part);
    heading?.scrollIntoView();
    heading?.focus();
  }, [part, isThere]);
};

/** When usage is sent, with which key, and who hears of it. */
export default function Settings() {
  const integration = useIntegration({ everyMs: 10_000 });
  const { data: now } = integration;
  const isSet = now !== undefined && now.schedule !== null && now.token !== null;
  useGoToPart(now !== undefined);
  // what was disconnected takes its buttons with it
  const heading = useHeadingFocus(isSet ? "set" : "not set");
  return (
    <Answered answer={integration}>
      {(data) =>
        data.schedule === null || data.token === null ? (
          <section className="card" aria-labelledby="settings">
            <h2 id="settings" ref={heading} tabIndex={-1}>
              Settings
            </h2>
            <p>{stateWords(data.state).text}. There is nothing to set until Gradient is connected.</p>
            <Disconnecting integration={data} />
            <ToConnect />
          </section>
        ) : (
          <>
            <ScheduleCard integration={data} schedule={data.schedule} />
            <KeyCard integration={data} token={data.token} />
            <NotificationsCard notifications={data.notifications} />
            <DisconnectCard
              isKeyRefused={data.token.status === "rejected"}
              isRunning={data.exports.runningId !== null}
            />
          </>
        )
      }
    </Answered>
  );
}
