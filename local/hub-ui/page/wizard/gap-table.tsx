import { useState } from "react";
import { countOf, momentOf, numberOf } from "../../../page-parts/words.ts";
import { Button } from "../parts/button.tsx";
import { MayChange } from "../parts/may-change.tsx";
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
  const choose = (id: string) => {
    const next = new Set(chosenIds);
    if (!next.delete(id)) next.add(id);
    setChosenIds(next);
  };
  const one = oneOf[kind];
  return (
    <>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              {mayChange ? (
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
            {gaps.map(({ id, name, unbilledUnits, wasMappedAt }) => (
              <tr key={id}>
                {mayChange ? (
                  <td className="choice">
                    <input
                      type="checkbox"
                      aria-label={`Choose ${name}`}
                      checked={chosenIds.has(id)}
                      onChange={() => choose(id)}
                    />
                  </td>
                ) : null}
                <td>
                  <bdi>{name}</bdi> <span className="quiet small">{id}</span>
                </td>
                <td className="number">{numberOf(unbilledUnits)}</td>
                <td>{wasMappedAt === null ? "never" : momentOf(wasMappedAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
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
