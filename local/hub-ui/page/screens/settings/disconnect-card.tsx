import { useId, useState } from "react";
import type { BodyOf } from "#client/api-client";
import { Dialog } from "../../../../page-parts/dialog.tsx";
import { countOf, momentOf } from "../../../../page-parts/words.ts";
import { useAnswer, useChange } from "../../answers.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { MayChange } from "../../parts/may-change.tsx";

type Disconnection = BodyOf<"GET /v1/integrations/gradient/disconnection">;

const List = ({ title, things }: { title: string; things: string[] }) =>
  things.length === 0 ? null : (
    <>
      <h3>{title}</h3>
      <ul>
        {things.map((thing) => (
          <li key={thing}>{thing}</li>
        ))}
      </ul>
    </>
  );

const Consequences = ({ disconnection }: { disconnection: Disconnection }) => {
  const { accounts, lines, units, lastSentAt, deleted, kept } = disconnection;
  return (
    <>
      {units === 0 ? (
        <p>Gradient holds no units of yours.</p>
      ) : (
        <p>
          Gradient goes on with what it has accepted last:{" "}
          <strong>
            {countOf(units, "unit")} of {countOf(accounts, "customer")}
          </strong>{" "}
          in {countOf(lines, "line")}, sent last at {momentOf(lastSentAt)}. From now on nothing changes there by itself.
        </p>
      )}
      <List title="What is deleted" things={deleted} />
      <List title="What is kept" things={kept} />
    </>
  );
};

const word = "disconnect";

const Question = ({ onClose }: { onClose(): void }) => {
  const disconnection = useAnswer("GET /v1/integrations/gradient/disconnection", {});
  const change = useChange("DELETE /v1/integrations/gradient");
  const [typed, setTyped] = useState("");
  const id = useId();
  const isSure = typed.trim().toLowerCase() === word;
  const disconnect = () => change.mutate({ query: { finalCounts: "keep" } }, { onSuccess: onClose });
  return (
    <Dialog title="Disconnect Gradient?" onClose={onClose}>
      <Answered answer={disconnection}>{(data) => <Consequences disconnection={data} />}</Answered>
      <form className="stack">
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

/** The way out, with what it would do said before. */
export const DisconnectCard = () => {
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
      {isAsked ? <Question onClose={() => setAsked(false)} /> : null}
    </section>
  );
};
