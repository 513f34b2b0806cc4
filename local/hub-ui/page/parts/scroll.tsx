import type { ReactNode } from "react";

/** A wide table moves within this box; the page never does. */
export const Scroll = ({ label, children }: { label: string; children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: without a mouse it could not be scrolled (WCAG 2.1.1)
  <section className="scroll" aria-label={label} tabIndex={0}>
    {children}
  </section>
);
