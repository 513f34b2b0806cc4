import { useState } from "react";
import { numberOf } from "../../page-parts/words.ts";

/** The first of a long list, and a button for as many more. */
export const useShowMore = <One,>(all: One[], atOnce: number) => {
  const [limit, setLimit] = useState(atOnce);
  const hidden = all.length - limit;
  return {
    shown: all.slice(0, limit),
    more:
      hidden > 0 ? (
        <button type="button" onClick={() => setLimit(limit + atOnce)}>
          Show more ({numberOf(hidden)})
        </button>
      ) : null,
  };
};
