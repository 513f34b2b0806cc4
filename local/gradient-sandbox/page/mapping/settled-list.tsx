import { useState } from "react";
import { numberOf } from "../../../page-parts/words.ts";
import { useShowMore } from "../show-more.tsx";
import { type Item, matches } from "./mapping.ts";

interface SettledListProps {
  title: string;
  items: (Item & { detail?: string | undefined })[];
  action: string;
  isBusy: boolean;
  onAction(id: string): Promise<boolean>;
}

const shownAtOnce = 50;

/** What is done with already, and the way back. */
export const SettledList = ({ title, items, action, isBusy, onAction }: SettledListProps) => {
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const found = items.filter(({ name, detail = "" }) => matches(text, name) || matches(text, detail));
  const { shown, more } = useShowMore(found, shownAtOnce);
  if (items.length === 0) return null;
  return (
    <details className="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {title} <span className="count">{numberOf(items.length)}</span>
      </summary>
      {isOpen ? (
        <>
          {items.length > shownAtOnce ? (
            <label className="small">
              Find in {title.toLowerCase()}
              <input type="search" value={text} onChange={(event) => setText(event.target.value)} />
            </label>
          ) : null}
          <ul className="bare">
            {shown.map(({ id, name, detail }) => (
              <li key={id} className="row apart pair">
                <span className="grow">
                  <bdi>{name}</bdi>
                  {detail === undefined ? null : (
                    <>
                      {" "}
                      <span aria-hidden="true">→</span>
                      <span className="unseen"> is </span> <bdi>{detail}</bdi>
                      {detail === name ? <span className="quiet small"> the same name</span> : null}
                    </>
                  )}
                </span>
                <button type="button" disabled={isBusy} onClick={() => void onAction(id)}>
                  {action}
                  <span className="unseen"> {name}</span>
                </button>
              </li>
            ))}
          </ul>
          {more}
        </>
      ) : null}
    </details>
  );
};
