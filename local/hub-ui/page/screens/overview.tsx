import { Badge } from "../../../page-parts/notice.tsx";
import { countOf, momentOf } from "../../../page-parts/words.ts";
import { useAnswer } from "../answers.ts";
import { useIntegration } from "../integration.ts";
import { Answered, Loading } from "../parts/answered.tsx";
import { Disconnecting } from "../parts/disconnecting.tsx";
import { Problems } from "../parts/problems.tsx";
import { ToConnect } from "../parts/to-connect.tsx";
import { type Integration, stateWords } from "../states.ts";
import { useHeadingFocus } from "../wizard/focus.ts";
import { shareWords } from "../wizard/mapping/mapping.ts";
import { ageOf } from "./overview/age-of.ts";
import { InGradient } from "./overview/in-gradient.tsx";
import { LastRun } from "./overview/last-run.tsx";
import { nextRunWords, pausedWords } from "./runs/next-run.ts";
import { RunningRun } from "./runs/running-run.tsx";
import { SendUsage } from "./runs/send-usage.tsx";
import { Waiting } from "./runs/waiting.tsx";
import { useAllLines, useReadAfterRuns } from "./usage/all-lines.ts";
import { isAllIn, sumUp } from "./usage/sum-up.ts";

/** Whether anything was ever sent that could be shown. */
const hasUsage = ({ state }: Integration): boolean =>
  state === "awaiting-mapping" || state === "active" || state === "suspended" || state === "disconnected";

const Health = ({ integration }: { integration: Integration }) => {
  const { answer, soFar } = useAllLines();
  useReadAfterRuns();
  // the button to cancel goes with the run
  const heading = useHeadingFocus(integration.exports.runningId ?? "");
  return (
    <section className="card" aria-labelledby="health">
      <h2 id="health" ref={heading} tabIndex={-1}>
        Is my usage in Gradient?
      </h2>
      {answer.data === undefined && answer.error === null ? (
        <Loading what={soFar > 0 ? `Reading… ${countOf(soFar, "line")} so far` : "Reading your usage…"} />
      ) : (
        <Answered answer={answer}>{(all) => <InGradient all={all} integration={integration} />}</Answered>
      )}
      {integration.exports.runningId === null ? null : <RunningRun id={integration.exports.runningId} />}
      <SendUsage integration={integration} />
    </section>
  );
};

/** A mere turn in the line is none of the partner's business while nothing is there that it would send. */
const Waits = ({ integration }: { integration: Integration }) => {
  const { data: all } = useAllLines().answer;
  const isTurn = integration.exports.waiting?.why === "turn";
  const isIdle = isTurn && all?.isAll === true && isAllIn(sumUp(all.lines));
  return isIdle ? null : <Waiting integration={integration} />;
};

const Facts = ({ integration }: { integration: Integration }) => {
  const { state, token, mapping, gradient, exports } = integration;
  const { tone, text } = stateWords(state);
  const read = useAnswer("GET /v1/integrations/gradient/mapping", {}, { everyMs: 60_000, enabled: mapping !== null });
  // of how many nothing is known, the mapping alone tells
  const mapped = mapping === null ? null : (read.data ?? mapping);
  return (
    <section className="card" aria-labelledby="facts">
      <h2 id="facts">How it stands</h2>
      <dl className="facts">
        <dt>Integration</dt>
        <dd>
          <Badge tone={tone}>{text}</Badge>
        </dd>
        <dt>Last run</dt>
        <dd>{exports.last === null ? "None yet" : <LastRun key={exports.last.id} last={exports.last} />}</dd>
        <dt>Next run</dt>
        <dd>
          {pausedWords(integration)}
          {nextRunWords(integration)} · <a href="#/settings/schedule">Schedule</a>
        </dd>
        <dt>Gradient organization</dt>
        <dd>
          <bdi>{gradient.organizationName ?? "–"}</bdi>
        </dd>
        <dt>Key</dt>
        <dd>
          {token === null ? (
            integration.disconnecting === null ? (
              "None"
            ) : (
              "Kept until your counts are set to zero"
            )
          ) : (
            <>
              ends in <code>{token.lastFour}</code>, {ageOf(token.registeredAt)} old, last checked{" "}
              {momentOf(token.checkedAt)} · <a href="#/settings/key">Key</a>
            </>
          )}
        </dd>
        {mapped === null ? null : (
          <>
            <dt>Mapped in Gradient</dt>
            <dd>
              {shareWords(mapped.accounts, "customer")}, {shareWords(mapped.services, "service")} ·{" "}
              <a href="#/connect/2">Mapping</a>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
};

/** The health card: whether the usage is in Gradient, how the integration stands, and what is wrong with it. */
export default function Overview() {
  const integration = useIntegration();
  return (
    <Answered answer={integration}>
      {(data) =>
        hasUsage(data) ? (
          <>
            <Problems integration={data} />
            <Disconnecting integration={data} />
            <Waits integration={data} />
            <Health integration={data} />
            <Facts integration={data} />
          </>
        ) : (
          <section className="card" aria-labelledby="health">
            <h2 id="health">Is my usage in Gradient?</h2>
            <p>Not yet: {stateWords(data.state).text.toLowerCase()}. Nothing is sent until Gradient is connected.</p>
            <ToConnect />
          </section>
        )
      }
    </Answered>
  );
}
