import { useId, useRef, useState } from "react";
import { Dialog } from "../../../../page-parts/dialog.tsx";
import { Notice } from "../../../../page-parts/notice.tsx";
import { useAnswer, useChange } from "../../answers.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Consequences, type FinalCounts } from "./consequences.tsx";

// not pressed by mistake: it ends something
const word = "disconnect";

interface Answers {
  /** What it would do was read, or could not be. */
  isAnswered: boolean;
  isKeyRefused: boolean;
  finalCounts: FinalCounts;
  typed: string;
}

/** Why it cannot be done yet. Another choice than the one that was made is never taken in its place. */
export const whyNot = ({ isAnswered, isKeyRefused, finalCounts, typed }: Answers): string | undefined => {
  if (!isAnswered) return "What it would do has to be read first.";
  if (isKeyRefused && finalCounts === "zero") return "Choose that the counts stay, or replace the key first.";
  return typed.trim().toLowerCase() === word ? undefined : "Type the word first.";
};

export interface DisconnectQuestionProps {
  /** Without a key that Gradient takes, nothing can be set to zero there. */
  isKeyRefused: boolean;
  /** A run is under way. */
  isRunning: boolean;
  onClose(): void;
}

/** Says what disconnecting does, lets choose what becomes of the counts, and wants a word as a proof of intent. */
export const DisconnectQuestion = ({ isKeyRefused, isRunning, onClose }: DisconnectQuestionProps) => {
  const disconnection = useAnswer("GET /v1/integrations/gradient/disconnection", {});
  const change = useChange("DELETE /v1/integrations/gradient");
  const [finalCounts, setFinalCounts] = useState<FinalCounts>("keep");
  const [typed, setTyped] = useState("");
  // what was read does not count it, however soon it has ended since
  const isUnderWay = useRef(false);
  isUnderWay.current ||= isRunning;
  const isUnread = disconnection.isFetched && disconnection.data === undefined;
  const id = useId();
  const disconnect = () => change.mutate({ query: { finalCounts } }, { onSuccess: onClose });
  return (
    <Dialog title="Disconnect Gradient?" onClose={onClose}>
      <form className="stack">
        <Answered answer={disconnection}>
          {(data) => (
            <Consequences
              disconnection={data}
              isKeyRefused={isKeyRefused}
              isUnderWay={isUnderWay.current}
              chosen={finalCounts}
              onChoose={setFinalCounts}
            />
          )}
        </Answered>
        {isUnread ? (
          <Notice tone="warn" title="You can disconnect all the same">
            Your counts in Gradient stay as they are then. To have them set to zero first, wait until what disconnecting
            would do can be read.
          </Notice>
        ) : null}
        <div>
          <label htmlFor={id}>
            Type <em>{word}</em> to go on
          </label>
          <input
            id={id}
            type="text"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
          />
        </div>
        <Failure error={change.error} onRetry={disconnect} />
        <div className="row">
          <Button
            type="submit"
            kind="danger"
            onPress={disconnect}
            isPending={change.isPending}
            because={whyNot({ isAnswered: disconnection.isFetched, isKeyRefused, finalCounts, typed })}
          >
            Disconnect
          </Button>
          <Button onPress={onClose}>Stay connected</Button>
        </div>
      </form>
    </Dialog>
  );
};
