import { type ReactNode, useEffect, useRef } from "react";

let isFirst = true;

interface ScreenTitleProps {
  title: string;
  /** What the screen is about, above the title. */
  above?: ReactNode;
}

/** The screen's heading. It takes the focus when a screen is opened, so that keyboard and screen reader follow. */
export const ScreenTitle = ({ title, above }: ScreenTitleProps) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Gradient sandbox`;
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, [title]);
  return (
    <div className="title">
      {above === undefined ? null : <p className="above">{above}</p>}
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
    </div>
  );
};
