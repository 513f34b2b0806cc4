import { useEffect, useRef } from "react";
import { useChange } from "../../answers.ts";
import { isLookedAt, type Mapping } from "./mapping.ts";

// whoever goes to and fro between two tabs does not ask each time; a look takes seconds
const oldMs = 20_000;

/**
 * Has Gradient looked at without a press where somebody waits for it: as soon as all customers are there, and when the
 * person comes back from Gradient's tab. Nothing is said if that fails: it is asked for again, *Check now* is still
 * there, and the service looks by itself. While calls are held, nothing is asked for: no look could be made.
 */
export const useLooks = (mapping: Mapping, isHeld: boolean): void => {
  const { mutate } = useChange("POST /v1/integrations/gradient/mapping/checks");
  const { status, lastCheckedAt } = mapping;
  const isWaiting = status !== "complete" && lastCheckedAt !== null && !isHeld;
  const isMissing = isWaiting && !isLookedAt(mapping);
  const look = useRef(() => {});
  look.current = () => mutate({ body: { automatic: true } });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each look that has put customers there is followed by one
  useEffect(() => {
    if (!isMissing) return;
    look.current();
    // what was asked for may have failed, on the way or in Gradient
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") look.current();
    }, oldMs);
    return () => clearInterval(timer);
  }, [isMissing, lastCheckedAt]);
  useEffect(() => {
    if (!isWaiting) return;
    const lookAgain = () => {
      const isOld = Date.now() - Date.parse(lastCheckedAt) > oldMs;
      if (document.visibilityState === "visible" && isOld) look.current();
    };
    document.addEventListener("visibilitychange", lookAgain);
    return () => document.removeEventListener("visibilitychange", lookAgain);
  }, [isWaiting, lastCheckedAt]);
};
