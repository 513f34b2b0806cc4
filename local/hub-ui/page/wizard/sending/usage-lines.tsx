import type { BodyOf } from "#client/api-client";
import { Badge, type Tone } from "../../../../page-parts/notice.tsx";
import { momentOf, numberOf } from "../../../../page-parts/words.ts";
import { useList } from "../../answers.ts";
import { AtFirst } from "../../parts/at-first.tsx";
import { Paged } from "../../parts/paged.tsx";
import { Scroll } from "../../parts/scroll.tsx";

type Line = BodyOf<"GET /v1/integrations/gradient/usage">["items"][number];

const outcomes: Record<string, { tone: Tone; text: string }> = {
  accepted: { tone: "good", text: "Accepted by Gradient" },
  unchanged: { tone: "good", text: "Accepted by Gradient" },
  unmapped: { tone: "warn", text: "Not mapped" },
  rejected: { tone: "bad", text: "Rejected by Gradient" },
  deferred: { tone: "neutral", text: "Goes with the next run" },
};

const outcomeOf = (outcome: string | null): { tone: Tone; text: string } =>
  outcome === null
    ? { tone: "neutral", text: "Not sent yet" }
    : (outcomes[outcome] ?? { tone: "neutral", text: outcome });

/** `+3`, `-2`, or nothing where both are the same or one is not known. */
const changeOf = ({ unitCount, lastAccepted }: Line): string => {
  if (unitCount === null || lastAccepted === null) return "";
  const change = unitCount - lastAccepted.unitCount;
  return change === 0 ? "" : `${change > 0 ? "+" : "−"}${numberOf(Math.abs(change))}`;
};

/** Every line: what is used now, and what Gradient has accepted last. */
export const UsageLines = () => {
  const list = useList(
    "GET /v1/integrations/gradient/usage",
    (cursor) => ({ query: { cursor } }),
    (body) => body,
    { everyMs: 10_000 },
  );
  return (
    <section className="card" aria-labelledby="usage-lines">
      <h3 id="usage-lines">What is sent, line by line</h3>
      <Paged list={list} one="line" empty={<p>There is no usage yet: the hub has measured nothing so far.</p>}>
        {(lines) => (
          <AtFirst items={lines} first={20} many="lines">
            {(shown) => <Lines lines={shown} />}
          </AtFirst>
        )}
      </Paged>
    </section>
  );
};

const Lines = ({ lines }: { lines: Line[] }) => (
  <Scroll label="Lines">
    <table>
      <thead>
        <tr>
          <th scope="col">Customer</th>
          <th scope="col">Service</th>
          <th scope="col" className="number">
            Uses now
          </th>
          <th scope="col" className="number">
            In Gradient
          </th>
          <th scope="col" className="number">
            Change
          </th>
          <th scope="col">Measured</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={`${line.customerId} ${line.serviceId}`}>
            <td className="name">
              <bdi>{line.customerName}</bdi>
            </td>
            <td className="name">
              <bdi>{line.serviceName}</bdi>
            </td>
            <td className="number">{numberOf(line.unitCount)}</td>
            <td className="number">{numberOf(line.lastAccepted?.unitCount)}</td>
            <td className="number">{changeOf(line)}</td>
            <td className="when">{momentOf(line.asOf)}</td>
            <td>
              <Badge tone={outcomeOf(line.lastOutcome).tone}>{outcomeOf(line.lastOutcome).text}</Badge>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);
