import { useCallback, useRef, useState } from "react";
import { Refused } from "./sandbox-api.ts";

/**
 * Runs one change at a time: a second press while the first is under way does nothing. Failures become words, and are
 * answered as false.
 */
export const useAction = () => {
  const isRunning = useRef<boolean>(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const run = useCallback(async (act: () => Promise<void>): Promise<boolean> => {
    if (isRunning.current) return false;
    isRunning.current = true;
    setBusy(true);
    setFailure(undefined);
    try {
      await act();
      return true;
    } catch (error) {
      setFailure(error instanceof Refused ? error.message : "That did not work. Reload the page and try again.");
      return false;
    } finally {
      isRunning.current = false;
      setBusy(false);
    }
  }, []);
  return { run, isBusy, failure };
};
