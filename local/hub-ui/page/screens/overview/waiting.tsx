import { Notice } from "../../../../page-parts/notice.tsx";
import { momentOf } from "../../../../page-parts/words.ts";
import { tellWait, type Wait } from "./wait-words.ts";

export const Waiting = ({ wait }: { wait: Wait }) => {
  const { isBad, text } = tellWait(wait);
  return (
    <Notice tone={isBad ? "warn" : "neutral"} title={`Your usage waits since ${momentOf(wait.since)}`}>
      {text}
    </Notice>
  );
};
