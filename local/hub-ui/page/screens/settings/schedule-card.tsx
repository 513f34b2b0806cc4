import { useState } from "react";
import { Notice } from "../../../../page-parts/notice.tsx";
import { momentOf } from "../../../../page-parts/words.ts";
import { useChange } from "../../answers.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import type { Integration } from "../../states.ts";
import { nextDateWords } from "../runs/next-run.ts";
import { bodyOf, draftOf, isPausedAt, type ScheduleDraft } from "./schedule-draft.ts";
import { ScheduleFields } from "./schedule-fields.tsx";
import { momentIn, scheduleInWords } from "./schedule-words.ts";

interface ScheduleCardProps {
  integration: Integration;
  schedule: NonNullable<Integration["schedule"]>;
}

const save = "PUT /v1/integrations/gradient/schedule";

/** Skips one date: nothing is sent until just after it. */
const afterRun = (nextRunAt: string): string => new Date(Date.parse(nextRunAt) + 1000).toISOString();

/**
 * The date that may be skipped. One that has come is a run that waits, which a pause would only put off; what an
 * earlier run has left over is no date, and may be waiting for days.
 */
const skippable = ({ state, exports: { nextRunAt, waiting } }: Integration, now: number): string | null => {
  // with a key that Gradient refuses no date sends anything
  if (state === "suspended" || nextRunAt === null || Date.parse(nextRunAt) <= now) return null;
  return waiting === null || waiting.why === "retry" ? nextRunAt : null;
};

const Quick = ({ integration, schedule }: ScheduleCardProps) => {
  const change = useChange(save);
  const now = Date.now();
  const date = skippable(integration, now);
  const put = (pausedUntil: string | null) =>
    change.mutate({ body: { ...bodyOf(draftOf(schedule, now)), pausedUntil } });
  return (
    <>
      <div className="row">
        {isPausedAt(schedule, now) ? (
          <Button onPress={() => put(null)} isPending={change.isPending}>
            End the pause now
          </Button>
        ) : date === null ? null : (
          <Button onPress={() => put(afterRun(date))} isPending={change.isPending}>
            Skip the next run
          </Button>
        )}
      </div>
      <Failure error={change.error} />
    </>
  );
};

const Form = ({ schedule }: Pick<ScheduleCardProps, "schedule">) => {
  const change = useChange(save);
  // only what was changed here: a date that is skipped meanwhile, in the row above or by a colleague, stays skipped
  const [changed, setChanged] = useState<Partial<ScheduleDraft> | undefined>(undefined);
  const shown = { ...draftOf(schedule, Date.now()), ...changed };
  const submit = () => change.mutate({ body: bodyOf(shown) }, { onSuccess: () => setChanged(undefined) });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ScheduleFields draft={shown} change={(fields) => setChanged({ ...changed, ...fields })} />
      <div className="row">
        <Button type="submit" kind="primary" onPress={submit} isPending={change.isPending}>
          Save the schedule
        </Button>
        {changed === undefined ? null : (
          <Button kind="plain" onPress={() => setChanged(undefined)}>
            Undo
          </Button>
        )}
      </div>
      <Failure error={change.error} onRetry={submit} />
      {change.isSuccess && changed === undefined ? <Notice tone="good">The schedule is saved.</Notice> : null}
    </form>
  );
};

/** The same moment by the clocks that the schedule goes by, where they are others than the reader's. */
const InZone = ({ time, timeZone }: { time: string | null; timeZone: string }) => {
  if (time === null || momentIn(time, timeZone) === momentOf(time)) return null;
  return ` by your clock, which is ${momentIn(time, timeZone)} in ${timeZone}`;
};

/** When usage is sent by itself. */
export const ScheduleCard = ({ integration, schedule }: ScheduleCardProps) => {
  const { pausedUntil, timeZone } = schedule;
  const { nextRunAt } = integration.exports;
  return (
    <section className="card" aria-labelledby="schedule">
      <h2 id="schedule" tabIndex={-1}>
        Schedule
      </h2>
      <p>
        {scheduleInWords(schedule)}. Next date: <strong>{nextDateWords(integration)}</strong>
        <InZone time={nextRunAt} timeZone={timeZone} />.
      </p>
      {isPausedAt(schedule, Date.now()) ? (
        <Notice tone="warn" title={`Paused until ${momentOf(pausedUntil)}`}>
          Nothing is sent by itself until then. You can send usage yourself at any time.
        </Notice>
      ) : null}
      <MayChange>
        <Quick integration={integration} schedule={schedule} />
        <Form schedule={schedule} />
      </MayChange>
    </section>
  );
};
