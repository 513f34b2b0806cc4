import { useSyncExternalStore } from "react";

const subscribe = (changed: () => void) => {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
};
const current = (): string => window.location.hash.slice(1) || "/";

/**
 * The screen's address behind the `#`, as `/history/7`. In the address bar, so that back, forward, reload and a
 * bookmark do what people expect of them.
 */
export const useAddress = (): string => useSyncExternalStore(subscribe, current);

export const goTo = (address: string): void => {
  window.location.hash = address;
};
