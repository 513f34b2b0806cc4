import { type RefObject, useEffect, useRef } from "react";

/**
 * A heading takes the focus when what it stands for has come in the place of something else. Where the change came by
 * itself, it does so only if the focus went with what was there before: nobody is torn away from where they are typing.
 */
export const useHeadingFocus = (shown: string, { isAsked = false } = {}): RefObject<HTMLHeadingElement | null> => {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isAsked || isLost) heading.current?.focus();
  }, [shown, isAsked]);
  return heading;
};
