import { memo, useCallback, useState } from "react";
import { countOf, momentOf, numberOf } from "../../../page-parts/words.ts";
import { AtFirst } from "../parts/at-first.tsx";
import { Button } from "../parts/button.tsx";
import { MayChange } from "../parts/may-change.tsx";
import { Scroll } from "../parts/scroll.tsx";
import { useSession } from "../session.ts";
import { LeaveOut } from "./leave-out.tsx";
import { type Gap, type Kind, oneOf } from "./mapping.ts";

/** Gaps to choose from, and what may be done with the chosen ones: leave them out, with a reason. */
export const GapTable = ({ kind, gaps }: { kind: Kind; gaps: Gap[] }) => {
  const { mayChange } = useSession();
  const [chosenIds, setChosenIds] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, setAsking] = useState(false);
  // what has been mapped meanwhile is chosen no more
  const chosen = gaps.filter(({ id }) => chosenIds.has(id));
  // the same for every row at all times, so that a press draws one row anew, and not all that are shown
  const choose = useCallback((id: string) => {
    setChosenIds((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const one = oneOf[kind];
  return (
    <>
      <AtFirst items={gaps} first={10} many={`${one}s`}>
        {(shown) => <Rows kind={kind} gaps={shown} chosenIds={chosenIds} onChoose={mayChange ? choose : undefined} />}
      </AtFirst>
      <MayChange>
        <div className="row">
          <Button
            onPress={() => setAsking(true)}
            because={chosen.length === 0 ? `To leave a ${one} out of what is billed, choose it first.` : undefined}
          >
            Leave out{chosen.length === 0 ? "" : ` ${countOf(chosen.length, one)}`}…
          </Button>
        </div>
      </MayChange>
      {isAsking ? (
        <LeaveOut
          kind={kind}
          chosen={chosen}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            setChosenIds(new Set());
          }}
        />
      ) : null}
    </>
  );
};

interface RowsProps {
  kind: Kind;
  gaps: Gap[];
  chosenIds: ReadonlySet<string>;
  /** Nothing can be chosen without it. */
  onChoose: ((id: string) => void) | undefined;
}

const Rows = ({ kind, gaps, chosenIds, onChoose }: RowsProps) => (
  <Scroll label={kind === "accounts" ? "Unmapped customers" : "Unmapped services"}>
    <table>
      <thead>
        <tr>
          {onChoose ? (
            <th scope="col">
              <span className="unseen">Choose</span>
            </th>
          ) : null}
          <th scope="col">{kind === "accounts" ? "Customer" : "Service"}</th>
          <th scope="col" className="number">
            Units unbilled
          </th>
          <th scope="col">Was mapped</th>
        </tr>
      </thead>
      <tbody>
        {gaps.map((gap) => (
          <Row key={gap.id} gap={gap} isChosen={chosenIds.has(gap.id)} onChoose={onChoose} />
        ))}
      </tbody>
    </table>
  </Scroll>
);

interface RowProps {
  gap: Gap;
  isChosen: boolean;
  onChoose: ((id: string) => void) | undefined;
}

const Row = memo(({ gap: { id, name, unbilledUnits, wasMappedAt }, isChosen, onChoose }: RowProps) => (
  <tr>
    {onChoose ? (
      <td className="choice">
        <input type="checkbox" aria-label={`Choose ${name}`} checked={isChosen} onChange={() => onChoose(id)} />
      </td>
    ) : null}
    <td className="name">
      <bdi>{name}</bdi> <span className="quiet small">{id}</span>
    </td>
    <td className="number">{numberOf(unbilledUnits)}</td>
    <td className="when">{wasMappedAt === null ? "never" : momentOf(wasMappedAt)}</td>
  </tr>
));
