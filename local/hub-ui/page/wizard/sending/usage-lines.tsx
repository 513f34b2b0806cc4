import { Badge } from "../../../../page-parts/notice.tsx";
import { momentOf, numberOf } from "../../../../page-parts/words.ts";
import { useAnswer, useList } from "../../answers.ts";
import { AtFirst } from "../../parts/at-first.tsx";
import { Paged } from "../../parts/paged.tsx";
import { Scroll } from "../../parts/scroll.tsx";
import type { UsageLine } from "../../screens/usage/all-lines.ts";
import { isMappedBy, unmappedIn } from "../../screens/usage/known-lines.ts";
import { lineWords } from "../../screens/usage/line-words.tsx";
import { stateOf } from "../../screens/usage/sum-up.ts";

/** `+3`, `-2`, or nothing where both are the same or one is not known. */
const changeOf = ({ unitCount, lastAccepted }: UsageLine): string => {
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
  const { data: mapping } = useAnswer("GET /v1/integrations/gradient/mapping", {}, { everyMs: 60_000 });
  const isMapped = isMappedBy(mapping && unmappedIn(mapping));
  return (
    <section className="card" aria-labelledby="usage-lines">
      <h3 id="usage-lines">What is sent, line by line</h3>
      <Paged list={list} one="line" empty={<p>There is no usage yet: the hub has measured nothing so far.</p>}>
        {(lines) => (
          <AtFirst items={lines} first={20} many="lines">
            {(shown) => <Lines lines={shown.map((line) => ({ ...line, isMapped: isMapped(line) }))} />}
          </AtFirst>
        )}
      </Paged>
    </section>
  );
};

/** Said of the number that is used now: one that Gradient accepted before proves nothing of it. */
export const Lines = ({ lines }: { lines: UsageLine[] }) => (
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
              <Badge tone={lineWords[stateOf(line)].tone}>{lineWords[stateOf(line)].text}</Badge>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);
