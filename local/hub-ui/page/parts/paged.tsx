import { type ReactNode, useEffect, useRef } from "react";
import { countOf } from "../../../page-parts/words.ts";
import { Loading } from "./answered.tsx";
import { Button } from "./button.tsx";
import { Failure } from "./failure.tsx";
import { isLost } from "./lost-connection.tsx";

/** What `useList` gives, as far as it matters here. */
interface Listing<Item> {
  data: { pages: { items: Item[] }[] } | undefined;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage(): unknown;
  refetch(): unknown;
}

interface PagedProps<Item> {
  list: Listing<Item>;
  /** What one of them is called, and what many are: `run`, `runs`. */
  one: string;
  many?: string;
  /** Said where there is none. */
  empty: ReactNode;
  /** Shows all that has been read so far. */
  children(items: Item[]): ReactNode;
}

/** A list that is read page by page, with a button for more. A page may hold nothing although another follows. */
export const Paged = <Item,>({ list, one, many = `${one}s`, empty, children }: PagedProps<Item>) => {
  const { data, error, hasNextPage, isFetchingNextPage } = list;
  const end = useRef<HTMLParagraphElement>(null);
  const wasPressed = useRef<boolean>(false);
  useEffect(() => {
    // the button goes with the last page, and whoever pressed it would stand nowhere
    if (wasPressed.current && !hasNextPage && !isFetchingNextPage) end.current?.focus();
  }, [hasNextPage, isFetchingNextPage]);
  // a connection that is lost is told above, once for all
  const refusal = isLost(error) ? null : error;
  if (data === undefined)
    return refusal ? <Failure error={refusal} onRetry={() => void list.refetch()} /> : <Loading />;
  const items = data.pages.flatMap((page) => page.items);
  const more = () => {
    wasPressed.current = true;
    void list.fetchNextPage();
  };
  return (
    <>
      {items.length > 0 ? children(items) : hasNextPage ? <p>Nothing so far.</p> : empty}
      <Failure error={refusal} onRetry={hasNextPage ? more : () => void list.refetch()} />
      <div className="row">
        {hasNextPage ? (
          <Button onPress={more} isPending={isFetchingNextPage}>
            Show more
          </Button>
        ) : null}
        {items.length > 0 ? (
          <p ref={end} role="status" tabIndex={-1} className="quiet small">
            {hasNextPage ? `${countOf(items.length, one, many)} so far` : `${countOf(items.length, one, many)} in all`}
          </p>
        ) : null}
      </div>
    </>
  );
};
