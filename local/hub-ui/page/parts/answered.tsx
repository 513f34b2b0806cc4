import type { ReactNode } from "react";
import { Notice } from "../../../page-parts/notice.tsx";
import { momentOf } from "../../../page-parts/words.ts";
import { Failure } from "./failure.tsx";
import { isLost } from "./lost-connection.tsx";
import { tellFailure } from "./problem-words.ts";

/** What `useAnswer` gives, as far as it matters here. */
interface Answering<Data> {
  data: Data | undefined;
  error: unknown;
  dataUpdatedAt: number;
  refetch(): unknown;
}

interface AnsweredProps<Data> {
  answer: Answering<Data>;
  children(data: Data): ReactNode;
}

/**
 * Shows what was read. Until it is there says so; where it could not be read says why; where it can no longer be read
 * goes on showing the last answer, and says of when that is. A connection that is lost is told above, once for all.
 */
export const Answered = <Data,>({ answer, children }: AnsweredProps<Data>) => {
  const { data, error, dataUpdatedAt } = answer;
  const isFailing = error !== null && error !== undefined;
  const retry = () => void answer.refetch();
  if (data === undefined) return !isFailing || isLost(error) ? <Loading /> : <Failure error={error} onRetry={retry} />;
  return (
    <>
      {!isFailing || isLost(error) ? null : tellFailure(error).isSignedOut ? (
        <Failure error={error} />
      ) : (
        <Notice tone="warn" title={tellFailure(error).title}>
          You see how it was at {momentOf(new Date(dataUpdatedAt).toISOString())}. It is tried again by itself.
        </Notice>
      )}
      {children(data)}
    </>
  );
};

export const Loading = ({ what = "Loading…" }: { what?: string }) => (
  <p role="status" className="quiet">
    <span className="spinner" aria-hidden="true" /> {what}
  </p>
);
