import type { ReactNode } from "react";

export type Tone = "good" | "warn" | "bad" | "neutral";

interface NoticeProps {
  tone: Tone;
  title?: string;
  children?: ReactNode;
}

/** Something the reader has to know now; what is bad is also spoken at once. */
export const Notice = ({ tone, title, children }: NoticeProps) => (
  <div className={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"}>
    {title === undefined ? null : <strong>{title}</strong>}
    {children === undefined ? null : <div>{children}</div>}
  </div>
);

const marks: Record<Tone, string> = { good: "✓", warn: "!", bad: "✕", neutral: "•" };

/** A word about a state, with a mark: colour alone tells nobody who cannot see it. */
export const Badge = ({ tone, children }: { tone: Tone; children: ReactNode }) => (
  <span className={`badge ${tone}`}>
    <span aria-hidden="true">{marks[tone]}</span>
    {children}
  </span>
);
