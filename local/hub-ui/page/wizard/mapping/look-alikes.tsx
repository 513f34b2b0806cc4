import { Notice } from "../../../../page-parts/notice.tsx";
import { countOf } from "../../../../page-parts/words.ts";
import type { Mapping } from "./mapping.ts";

interface LookAlikesProps {
  lookAlikes: Mapping["lookAlikes"];
  /** How many groups are not among them. */
  more: number;
}

/** Customers that are easily mixed up when they are mapped. */
export const LookAlikes = ({ lookAlikes, more }: LookAlikesProps) => {
  if (lookAlikes.length === 0) return null;
  return (
    <Notice tone="warn" title="Take care: some of your customers look alike">
      <ul>
        {lookAlikes.map(({ customerIds, names, more: further, why, whatToDo }) => (
          <li key={customerIds.join(" ")}>
            <strong>
              {customerIds.map((id, index) => (
                <span key={id}>
                  {index > 0 ? " · " : ""}
                  <bdi>{names[index]}</bdi>
                </span>
              ))}
              {further > 0 ? ` and ${countOf(further, "other")}` : ""}
            </strong>
            <details>
              <summary>Why, and what to do</summary>
              {why} {whatToDo}
            </details>
          </li>
        ))}
      </ul>
      {more > 0 ? <p>And {countOf(more, "other group")} like these.</p> : null}
    </Notice>
  );
};
