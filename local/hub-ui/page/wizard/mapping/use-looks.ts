import { useEffect, useRef } from "react";
import { useChange } from "../../answers.ts";
import { isLookedAt, type Mapping } from "./mapping.ts";

// whoever goes to and fro between two tabs does not ask each time
const oldMs = 20_000;

/**
 * Has Gradient looked at without a press where somebody waits for it: as soon as all customers are there, and when the
 * person comes back from Gradient's tab. Nothing is said if that fails: *Check now* is still there, and the service
 * looks by itself.
 */
export const useLooks = (mapping: Mapping): void => {
  const { mutate } = useChange("POST /v1/integrations/gradient/mapping/checks");
  const { status, lastCheckedAt } = mapping;
  const isWaiting = status !== "complete" && lastCheckedAt !== null;
  const isMissing = isWaiting && !isLookedAt(mapping);
  const asked = useRef<string | null>(null);
  const look = useRef(() => {});
  look.current = () => mutate({ body: {} });
  useEffect(() => {
    // once for each look that has put customers there
    if (!isMissing || asked.current === lastCheckedAt) return;
    asked.current = lastCheckedAt;
    look.current();
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
