import { useState } from "react";
import { isLookedAt, type Mapping } from "./mapping.ts";

/**
 * Gradient was looked at with this key while the page is open. A customer that is put there later is looked at within
 * seconds, and hides nothing until then: not the gaps, and not what somebody is saying of them.
 */
export const useKnown = (mapping: Mapping | undefined, key: string): boolean => {
  const [known, setKnown] = useState<string | undefined>(undefined);
  const isKnownNow = mapping !== undefined && isLookedAt(mapping);
  if (isKnownNow && known !== key) setKnown(key);
  return isKnownNow || known === key;
};
