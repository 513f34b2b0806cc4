import type { ReactNode } from "react";
import { Badge, Notice, type Tone } from "../../../../page-parts/notice.tsx";
import { countOf, momentOf, numberOf } from "../../../../page-parts/words.ts";
import type { Integration } from "../../states.ts";
import { GoToGradient } from "../../wizard/go-to-gradient.tsx";
import { nextRunWords } from "../runs/next-run.ts";
import type { AllLines } from "../usage/all-lines.ts";
import { type Gap, sumUp, type UsageSum } from "../usage/sum-up.ts";

const units = (count: number): string => countOf(count, "unit");

/** The answer in a word: whether what is used is what Gradient has accepted. */
export const verdictOf = (sum: UsageSum, isAll: boolean): { tone: Tone; text: string } => {
  const { lines, now, inGradient, missing, tooMany, inDoubt, gaps } = sum;
  if (lines === 0) return { tone: "neutral", text: "Nothing counted yet" };
  if (missing === 0 && tooMany === 0 && inDoubt > 0) return { tone: "warn", text: "Not certain of all" };
  // of the other lines of a large partner nothing is known here
  if (missing === 0 && tooMany === 0 && !isAll) return { tone: "good", text: "Yes, as far as it was summed up" };
  if (missing === 0 && tooMany === 0)
    return gaps.unknown.lines === 0
      ? { tone: "good", text: "Yes" }
      : { tone: "good", text: "Yes, all that is measured" };
  if (inGradient === 0 && now > 0) return { tone: "bad", text: "Not yet" };
  return { tone: "warn", text: missing > 0 ? "Not all of it" : "More than you use" };
};

/** `46 units of 4 customers`. */
const gapInWords = ({ missing, tooMany, customers, lines }: Gap): string => {
  const parts = [missing > 0 ? units(missing) : "", tooMany > 0 ? `${units(tooMany)} too many` : ""];
  const told = parts.filter((part) => part !== "").join(" and ");
  return `${told === "" ? countOf(lines, "line") : told} of ${countOf(customers, "customer")}`;
};

interface Part {
  name: keyof UsageSum["gaps"];
  gap: Gap;
  why: ReactNode;
}

const whenSent = (integration: Integration): string => {
  const { state, exports } = integration;
  if (state === "suspended" || state === "disconnected") return "not sent until Gradient is connected again";
  if (exports.runningId !== null) return "being sent now";
  if (exports.nextRunAt === null && (exports.waiting === null || state === "awaiting-mapping")) return "not sent yet";
  return `not sent yet; next run: ${nextRunWords(integration)}`;
};

const partsOf = ({ gaps }: UsageSum, integration: Integration): Part[] => {
  const parts: Part[] = [
    { name: "unmapped", gap: gaps.unmapped, why: "not mapped in Gradient, so they cannot be billed" },
    { name: "refused", gap: gaps.refused, why: "refused by Gradient" },
    { name: "changed", gap: gaps.changed, why: whenSent(integration) },
    { name: "unknown", gap: gaps.unknown, why: "not measured by the hub yet" },
  ];
  return parts.filter(({ gap }) => gap.lines > 0);
};

// a measurement that is so much older than the newest is worth a word
const staleMs = 48 * 3_600_000;

const AsOf = ({ sum }: { sum: UsageSum }) => {
  const { newestAsOf: newest, oldestAsOf: oldest, lastAcceptedAt } = sum;
  const isStale = newest !== null && oldest !== null && Date.parse(newest) - Date.parse(oldest) > staleMs;
  return (
    <p className="quiet">
      {newest === null ? null : `Counted by the hub as of ${momentOf(newest)}. `}
      {isStale ? `The oldest count in it is of ${momentOf(oldest)}. ` : null}
      {lastAcceptedAt === null ? null : `Gradient accepted the last change at ${momentOf(lastAcceptedAt)}.`}
    </p>
  );
};

/** Is my usage in Gradient? As of when? What is missing, in units? */
export const InGradient = ({ all, integration }: { all: AllLines; integration: Integration }) => {
  // what was accepted by a connection that is over is nobody's proof any more
  if (integration.state === "disconnected")
    return (
      <p>
        <Badge tone="neutral">Not connected</Badge>{" "}
        {integration.disconnecting === null
          ? "Nothing is sent. Gradient goes on with what it accepted last, unless it was set to zero when you disconnected."
          : "Nothing but the zeros that you asked for is sent. Until they are accepted, Gradient goes on with what it accepted last."}
      </p>
    );
  const sum = sumUp(all.lines);
  const { tone, text } = verdictOf(sum, all.isAll);
  const parts = partsOf(sum, integration);
  return (
    <>
      <div className="verdict">
        <Badge tone={tone}>{text}</Badge>
        <p className="figure">
          <strong>{numberOf(sum.inGradient)}</strong> of {units(sum.now)} accepted by Gradient
        </p>
      </div>
      <div className="bar" aria-hidden="true">
        <div className={tone} style={{ width: `${sum.now === 0 ? 100 : (sum.inGradient / sum.now) * 100}%` }} />
      </div>
      <AsOf sum={sum} />
      {all.isAll ? null : (
        <Notice tone="neutral">
          Summed up over the first {numberOf(sum.lines)} lines; the CSV file of the usage has all of them.
        </Notice>
      )}
      {parts.length === 0 ? null : (
        <ul className="gaps">
          {parts.map(({ name, gap, why }) => (
            <li key={name}>
              <a href={`#/usage/${name}`}>{gapInWords(gap)}</a>: {why}
            </li>
          ))}
        </ul>
      )}
      <div className="row">
        <span className="quiet small">
          Accepted is not approved yet: what you bill changes once you approve the card in Gradient.
        </span>
        <GoToGradient integration={integration} />
      </div>
    </>
  );
};
