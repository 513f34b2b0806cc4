import { useEffect, useState } from "react";
import { Notice } from "../../../page-parts/notice.tsx";
import { countOf } from "../../../page-parts/words.ts";
import { useSession } from "../session.ts";
import { Button } from "./button.tsx";
import { tellFailure } from "./problem-words.ts";

/** Seconds until an error's `retry-after` is over. */
const useSecondsLeft = (error: unknown, seconds: number): number => {
  const [left, setLeft] = useState(seconds);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another error of the same length counts from its start
  useEffect(() => {
    const until = Date.now() + seconds * 1000;
    setLeft(seconds);
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [error, seconds]);
  return left;
};

interface FailureProps {
  /** What a read or a change ended with; nothing is shown without one. */
  error: unknown;
  /** Does the same again. Offered where that may help, and once the service's time to wait is over; after a sign-in. */
  onRetry?: (() => void) | undefined;
}

/** What went wrong and what to do about it, in words; spoken at once. */
export const Failure = ({ error, onRetry }: FailureProps) =>
  error === null || error === undefined ? null : <Told error={error} onRetry={onRetry} />;

const Told = ({ error, onRetry }: FailureProps) => {
  const { signInAgain } = useSession();
  const { title, whatToDo, faults, requestId, retryAfterSeconds = 0, isSignedOut, mayRetry } = tellFailure(error);
  const left = useSecondsLeft(error, retryAfterSeconds);
  return (
    <div className="failure">
      <Notice tone="bad" title={title}>
        <p>{whatToDo}</p>
        {faults.length === 0 ? null : (
          <ul>
            {faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        )}
        {requestId === undefined ? null : <p className="small">For support: request {requestId}</p>}
      </Notice>
      {isSignedOut ? (
        <Button
          onPress={() => {
            signInAgain();
            onRetry?.();
          }}
        >
          Sign in again
        </Button>
      ) : onRetry && mayRetry ? (
        <Button onPress={onRetry} because={left > 0 ? `Possible in ${countOf(left, "second")}.` : undefined}>
          Try again
        </Button>
      ) : left > 0 ? (
        <p className="quiet small">Possible again in {countOf(left, "second")}.</p>
      ) : null}
    </div>
  );
};
