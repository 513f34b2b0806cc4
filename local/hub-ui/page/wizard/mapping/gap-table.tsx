import { useMemo } from "react";
import { countOf, momentOf, numberOf } from "../../../../page-parts/words.ts";
import { AtFirst } from "../../parts/at-first.tsx";
import { Button } from "../../parts/button.tsx";
import { MayChange } from "../../parts/may-change.tsx";
import { type Column, Table } from "../../screens/tables/table.tsx";
import { useSession } from "../../session.ts";
import { type Gap, type Kind, oneOf } from "./mapping.ts";

interface GapTableProps {
  kind: Kind;
  gaps: Gap[];
  chosenIds: ReadonlySet<string>;
  onChoose(id: string): void;
  /** Asks why these are to be left out. */
  onLeaveOut(chosen: Gap[]): void;
}

/** Gaps to choose from, and what may be done with the chosen ones: leave them out, with a reason. */
export const GapTable = ({ kind, gaps, chosenIds, onChoose, onLeaveOut }: GapTableProps) => {
  const { mayChange } = useSession();
  // what has been mapped meanwhile is chosen no more
  const chosen = gaps.filter(({ id }) => chosenIds.has(id));
  const one = oneOf[kind];
  const columns = useMemo(
    () => columnsFor(kind, { chosenIds, onChoose: mayChange ? onChoose : undefined }),
    [kind, chosenIds, mayChange, onChoose],
  );
  return (
    <>
      <AtFirst items={gaps} first={10} many={`${one}s`} atOnce={gaps.length}>
        {(shown) => <Table caption={captions[kind]} columns={columns} rows={shown} keyOf={({ id }) => id} />}
      </AtFirst>
      <MayChange>
        <div className="row">
          <Button
            onPress={() => onLeaveOut(chosen)}
            because={chosen.length === 0 ? `Choose a ${one} first.` : undefined}
          >
            Leave out{chosen.length === 0 ? "" : ` ${countOf(chosen.length, one)}`}…
          </Button>
        </div>
      </MayChange>
    </>
  );
};

const captions: Record<Kind, string> = { accounts: "Unmapped customers", services: "Unmapped services" };

interface Choosing {
  chosenIds: ReadonlySet<string>;
  /** Nothing can be chosen without it. */
  onChoose: ((id: string) => void) | undefined;
}

const columnsFor = (kind: Kind, { chosenIds, onChoose }: Choosing): Column<Gap>[] => [
  {
    title: kind === "accounts" ? "Customer" : "Service",
    cell: ({ id, name }) => {
      const told = (
        <span>
          <bdi>{name}</bdi> <span className="quiet small">{id}</span>
        </span>
      );
      if (onChoose === undefined) return told;
      return (
        <div className="tick">
          <input
            type="checkbox"
            aria-label={`Choose ${name}`}
            checked={chosenIds.has(id)}
            onChange={() => onChoose(id)}
          />
          {told}
        </div>
      );
    },
  },
  { title: "Units", isNumber: true, cell: ({ unbilledUnits }) => numberOf(unbilledUnits) },
  {
    title: "Was mapped",
    isTime: true,
    cell: ({ wasMappedAt, isKnown }) =>
      wasMappedAt !== null ? momentOf(wasMappedAt) : isKnown ? "never" : "not known yet",
  },
];
