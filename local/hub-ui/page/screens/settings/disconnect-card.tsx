import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import { DisconnectQuestion, type DisconnectQuestionProps } from "./disconnect-question.tsx";

/** The way out, with what it would do said before. */
export const DisconnectCard = (situation: Omit<DisconnectQuestionProps, "onClose">) => {
  const [isAsked, setAsked] = useState(false);
  return (
    <section className="card" aria-labelledby="disconnect">
      <h2 id="disconnect" tabIndex={-1}>
        Disconnect
      </h2>
      <p>Ends all sending to Gradient. You see first what becomes of your counts and settings.</p>
      <MayChange>
        <Button kind="danger" onPress={() => setAsked(true)}>
          Disconnect Gradient…
        </Button>
      </MayChange>
      {isAsked ? <DisconnectQuestion {...situation} onClose={() => setAsked(false)} /> : null}
    </section>
  );
};
