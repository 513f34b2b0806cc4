import { useEffect } from "react";
import { useAddress } from "../../../page-parts/address.ts";
import { useIntegration } from "../integration.ts";
import { Answered } from "../parts/answered.tsx";
import { stateWords } from "../states.ts";
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
  useGoToPart(integration.data !== undefined);
  return (
    <Answered answer={integration}>
      {(data) =>
        data.schedule === null || data.token === null ? (
          <section className="card" aria-labelledby="settings">
            <h2 id="settings">Settings</h2>
            <p>{stateWords(data.state).text}. There is nothing to set until Gradient is connected.</p>
            <a className="button primary" href="#/connect">
              Go on connecting
            </a>
          </section>
        ) : (
          <>
            <ScheduleCard schedule={data.schedule} nextRunAt={data.exports.nextRunAt} />
            <KeyCard token={data.token} organizationName={data.gradient.organizationName} />
            <NotificationsCard notifications={data.notifications} />
            <DisconnectCard />
          </>
        )
      }
    </Answered>
  );
}
