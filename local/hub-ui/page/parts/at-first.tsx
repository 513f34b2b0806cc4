import { type ReactNode, useState } from "react";
import { numberOf } from "../../../page-parts/words.ts";
import { Button } from "./button.tsx";

interface AtFirstProps<Item> {
  items: Item[];
  /** So many are shown before somebody asks for more. */
  first: number;
  /** What many are called. */
  many: string;
  children(items: Item[]): ReactNode;
}

/** The beginning of a long list, and a button for all of it: what comes after it on the page stays in reach. */
export const AtFirst = <Item,>({ items, first, many, children }: AtFirstProps<Item>) => {
  const [showsAll, setShowsAll] = useState(false);
  const isCut = items.length > first;
  return (
    <>
      {children(showsAll ? items : items.slice(0, first))}
      {isCut ? (
        <div className="row more">
          <Button onPress={() => setShowsAll(!showsAll)}>
            {showsAll ? `Show the first ${first} only` : `Show all ${numberOf(items.length)} ${many}`}
          </Button>
        </div>
      ) : null}
    </>
  );
};
