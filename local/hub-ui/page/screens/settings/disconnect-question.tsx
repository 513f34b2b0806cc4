import { useId, useState } from "react";
import { Dialog } from "../../../../page-parts/dialog.tsx";
import { useAnswer, useChange } from "../../answers.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Consequences, type FinalCounts } from "./consequences.tsx";

// not pressed by mistake: it ends something
const word = "disconnect";

interface Answers {
  /** What it would do is known. */
  isRead: boolean;
  isKeyRefused: boolean;
  finalCounts: FinalCounts;
  typed: string;
}

/** Why it cannot be done yet. Another choice than the one that was made is never taken in its place. */
export const whyNot = ({ isRead, isKeyRefused, finalCounts, typed }: Answers): string | undefined => {
  if (!isRead) return "What it would do has to be read first.";
  if (isKeyRefused && finalCounts === "zero") return "Choose that the counts stay, or replace the key first.";
  return typed.trim().toLowerCase() === word ? undefined : "Type the word first.";
};

interface DisconnectQuestionProps {
  /** Without a key that Gradient takes, nothing can be set to zero there. */
  isKeyRefused: boolean;
  onClose(): void;
}

/** Says what disconnecting does, lets choose what becomes of the counts, and wants a word as a proof of intent. */
export const DisconnectQuestion = ({ isKeyRefused, onClose }: DisconnectQuestionProps) => {
  const disconnection = useAnswer("GET /v1/integrations/gradient/disconnection", {});
  const change = useChange("DELETE /v1/integrations/gradient");
  const [finalCounts, setFinalCounts] = useState<FinalCounts>("keep");
  const [typed, setTyped] = useState("");
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
              chosen={finalCounts}
              onChoose={setFinalCounts}
            />
          )}
        </Answered>
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
            because={whyNot({ isRead: disconnection.data !== undefined, isKeyRefused, finalCounts, typed })}
          >
            Disconnect
          </Button>
          <Button onPress={onClose}>Stay connected</Button>
        </div>
      </form>
    </Dialog>
  );
};
