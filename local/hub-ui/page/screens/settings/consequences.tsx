import type { BodyOf } from "#client/api-client";
import { countOf, momentOf } from "../../../../page-parts/words.ts";

type Disconnection = BodyOf<"GET /v1/integrations/gradient/disconnection">;
export type FinalCounts = "keep" | "zero";

const choices: readonly { value: FinalCounts; title: string; meaning: string }[] = [
  { value: "keep", title: "They stay as they are", meaning: "Nothing changes in Gradient by itself any more." },
  {
    value: "zero",
    title: "They are set to zero first",
    meaning:
      "One last run sends the zeros, and nothing else. It is tried for seven days at most, and the key is kept until then.",
  },
];

// the choice stays: a key may be refused, and taken again, while somebody is still choosing
const notNow = "Not possible now: while Gradient refuses your key, nothing can be set to zero there.";

interface ConsequencesProps {
  disconnection: Disconnection;
  isKeyRefused: boolean;
  /** What a run is sending is in Gradient before it is counted here. */
  isUnderWay: boolean;
  chosen: FinalCounts;
  onChoose(next: FinalCounts): void;
}

const Held = ({ accounts, lines, units, lastSentAt }: Disconnection) => {
  const customers = countOf(accounts, "customer");
  if (lines === 0) return "Gradient holds no units of yours.";
  // nothing was ever accepted, or a zero is what nobody has heard of
  if (units === 0 || lastSentAt === null)
    return (
      <>
        Gradient may hold{" "}
        <strong>
          {units === 0 ? "units" : countOf(units, "unit")} of {customers}
        </strong>{" "}
        in {countOf(lines, "line")}: the answer to what was sent last was lost.
      </>
    );
  return (
    <>
      Gradient holds{" "}
      <strong>
        {countOf(units, "unit")} of {customers}
      </strong>{" "}
      in {countOf(lines, "line")}, sent last at {momentOf(lastSentAt)}.
    </>
  );
};

/** What becomes of the counts in Gradient, and of what the hub has stored. */
export const Consequences = ({ disconnection, isKeyRefused, isUnderWay, chosen, onChoose }: ConsequencesProps) => {
  const { lines, deleted, kept } = disconnection;
  return (
    <div>
      <p>
        <Held {...disconnection} />
        {isUnderWay ? " A run is under way, and may bring units to Gradient." : ""}
      </p>
      {lines === 0 && !isUnderWay ? null : (
        <fieldset className="choices">
          <legend>What becomes of them?</legend>
          {choices.map(({ value, title, meaning }) => (
            <label key={value} className="tick">
              <input
                type="radio"
                name="finalCounts"
                value={value}
                checked={chosen === value}
                onChange={() => onChoose(value)}
              />
              <span>
                {title}
                <span className="hint">{isKeyRefused && value === "zero" ? notNow : meaning}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <List title="What is deleted" things={deleted} />
      <List title="What is kept" things={kept} />
    </div>
  );
};

const List = ({ title, things }: { title: string; things: string[] }) =>
  things.length === 0 ? null : (
    <>
      <h3>{title}</h3>
      <ul>
        {things.map((thing) => (
          <li key={thing}>{thing}</li>
        ))}
      </ul>
    </>
  );
