import { type ReactNode, useEffect, useRef, useState } from "react";
import { numberOf } from "../../../page-parts/words.ts";
import { Button } from "./button.tsx";

interface AtFirstProps<Item> {
  items: Item[];
  /** So many are shown before somebody asks for more. */
  first: number;
  /** What many are called. */
  many: string;
  /** So many more a press shows: hundreds of plain rows at once keep a page from answering. */
  atOnce?: number;
  children(items: Item[]): ReactNode;
}

/** The beginning of a long list, and a button for more of it: what comes after it on the page stays in reach. */
export const AtFirst = <Item,>({ items, first, many, atOnce = 100, children }: AtFirstProps<Item>) => {
  const [limit, setLimit] = useState(first);
  const buttons = useRef<HTMLDivElement>(null);
  const pressedAt = useRef(limit);
  useEffect(() => {
    if (pressedAt.current === limit) return;
    pressedAt.current = limit;
    // the button that was pressed may be gone, and the other one has come in its place
    if (document.activeElement === document.body) buttons.current?.querySelector("button")?.focus();
  }, [limit]);
  const next = limit + atOnce;
  const more =
    next >= items.length
      ? `Show all ${numberOf(items.length)} ${many}`
      : `Show ${numberOf(atOnce)} more of the other ${numberOf(items.length - limit)} ${many}`;
  return (
    <>
      {children(items.slice(0, limit))}
      {items.length > first ? (
        <div className="row more" ref={buttons}>
          {items.length > limit ? <Button onPress={() => setLimit(next)}>{more}</Button> : null}
          {limit > first ? <Button onPress={() => setLimit(first)}>Show the first {first} only</Button> : null}
        </div>
      ) : null}
    </>
  );
};
