import { type FormEvent, useState } from "react";
import { Notice } from "../../../page-parts/notice.tsx";
import { useFaults } from "../sandbox-api.ts";
import { ScreenTitle } from "../screen-title.tsx";
import { useAction } from "../use-action.ts";
import { setFaults } from "./fault-banner.tsx";
import { refusals, wordsOf } from "./fault-words.ts";

const shares = [
  { value: "0", label: "never" },
  { value: "0.1", label: "one call in ten" },
  { value: "0.5", label: "every second call" },
  { value: "1", label: "every call" },
];
const waits = [
  { value: "0", label: "not at all" },
  { value: "500", label: "half a second" },
  { value: "2000", label: "2 seconds" },
  { value: "10000", label: "10 seconds" },
];

const numberIn = (form: FormData, name: string): number => Number(form.get(name) ?? 0);

interface SwitchProps {
  name: string;
  title: string;
  meaning: string;
  expect?: readonly string[] | undefined;
  /** What is chosen, for those who only hear it. */
  asked: string;
  choices: { value: string; label: string }[];
}

const Switch = ({ name, title, meaning, expect = [], asked, choices }: SwitchProps) => (
  <div className="fault">
    <div>
      <strong>{title}</strong>
      <p className="quiet small">{meaning}</p>
      {expect.length === 0 ? null : (
        <details className="small">
          <summary>What to expect, and the way back</summary>
          <ul>
            {expect.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
    <label>
      <span className="unseen">
        {title}, {asked}
      </span>
      <select name={name} defaultValue="0">
        {choices.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  </div>
);

/** Faults of Gradient, on demand: what the vendor makes of them is seen in the hub. */
export const Faults = () => {
  const { data } = useFaults();
  const { run, isBusy, failure } = useAction();
  const [tooMany, setTooMany] = useState(false);
  const turnOn = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const rates = refusals.map(({ name }): [string, number] => [name, numberIn(form, name)]);
    const isTooMuch = rates.reduce((sum, [, rate]) => sum + rate, 0) > 1;
    setTooMany(isTooMuch);
    if (isTooMuch) return;
    const delayMs = numberIn(form, "delayMs");
    const settings = {
      ...Object.fromEntries(rates.filter(([, rate]) => rate > 0)),
      ...(delayMs > 0 ? { delayMs } : {}),
      ...(form.get("retryAfter") ? { retryAfterSeconds: numberIn(form, "retryAfter") } : {}),
      ...(form.get("first") ? { first: numberIn(form, "first") } : {}),
      ...(form.get("only") === "counts" ? { only: "counts" } : {}),
    };
    const isNothing = delayMs === 0 && rates.every(([, rate]) => rate === 0);
    void run(() => setFaults(isNothing ? null : settings));
  };
  const words = data === undefined ? [] : wordsOf(data);
  return (
    <>
      <ScreenTitle title="Faults" />
      <p className="lead">
        What Gradient may do to the vendor's calls on a bad day. It befalls the calls of every organization, and nothing
        on these pages. A restart of the sandbox ends it, too.
      </p>
      <Notice tone={words.length > 0 ? "warn" : "good"} title={words.length > 0 ? "On now" : "Nothing is on."}>
        {words.length > 0 ? `${words.join("; ")}.` : undefined}
      </Notice>
      <form className="card stack" onSubmit={turnOn}>
        <Switch
          name="delayMs"
          title="Slow"
          meaning="Each call waits before anything is done."
          asked="each call waits"
          choices={waits}
        />
        {refusals.map(({ met: _, ...fault }) => (
          <Switch key={fault.name} {...fault} asked="how often" choices={shares} />
        ))}
        <div className="thirds">
          <label>
            Befalls
            <select name="only" defaultValue="all">
              <option value="all">all calls</option>
              <option value="counts">counts only</option>
            </select>
          </label>
          <label>
            Ends after so many calls
            <input name="first" type="number" min={1} step={1} placeholder="until I end it" />
          </label>
          <label>
            Seconds in a 429's Retry-After
            <input name="retryAfter" type="number" min={0} step={1} placeholder="none" />
          </label>
        </div>
        {tooMany ? (
          <Notice tone="bad" title="That is more than every call.">
            A call can meet one of them only. Choose smaller shares, so that together they are every call at most.
          </Notice>
        ) : null}
        {failure === undefined ? null : <Notice tone="bad">{failure}</Notice>}
        <div className="row">
          <button type="submit" className="primary" disabled={isBusy}>
            Turn on
          </button>
          <button type="button" disabled={isBusy || words.length === 0} onClick={() => void run(() => setFaults(null))}>
            End faults
          </button>
        </div>
      </form>
    </>
  );
};
