import { useId, useState } from "react";
import { Dialog } from "../../../../page-parts/dialog.tsx";
import { useAnswer, useChange } from "../../answers.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Consequences, type FinalCounts, possibleCounts } from "./consequences.tsx";

// not pressed by mistake: it ends something
const word = "disconnect";

interface DisconnectQuestionProps {
  /** Without a key that Gradient takes, nothing can be set to zero there. */
  isKeyRefused: boolean;
  onClose(): void;
}

/** Says what disconnecting does, lets choose what becomes of the counts, and wants a word as a proof of intent. */
export const DisconnectQuestion = ({ isKeyRefused, onClose }: DisconnectQuestionProps) => {
  const disconnection = useAnswer("GET /v1/integrations/gradient/disconnection", {});
  const change = useChange("DELETE /v1/integrations/gradient");
  const [chosen, setChosen] = useState<FinalCounts>("keep");
  const finalCounts = possibleCounts(chosen, isKeyRefused);
  const [typed, setTyped] = useState("");
  const id = useId();
  const isSure = typed.trim().toLowerCase() === word;
  const disconnect = () => change.mutate({ query: { finalCounts } }, { onSuccess: onClose });
  return (
    <Dialog title="Disconnect Gradient?" onClose={onClose}>
      <form className="stack">
        <Answered answer={disconnection}>
          {(data) => (
            <Consequences disconnection={data} isKeyRefused={isKeyRefused} chosen={finalCounts} onChoose={setChosen} />
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
            because={
              disconnection.data === undefined
                ? "What it would do has to be read first."
                : isSure
                  ? undefined
                  : "Type the word first."
            }
          >
            Disconnect
          </Button>
          <Button onPress={onClose}>Stay connected</Button>
        </div>
      </form>
    </Dialog>
  );
};
