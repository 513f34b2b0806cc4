import { useState } from "react";
import { numberOf } from "../../../../page-parts/words.ts";
import { useList } from "../../answers.ts";
import { Button } from "../../parts/button.tsx";
import { Paged } from "../../parts/paged.tsx";
import { GapTable } from "./gap-table.tsx";
import { askedItems, type Gap, type Kind, type Mapping, oneOf } from "./mapping.ts";

/** Who and what is not mapped yet, with the units that nobody bills for as long. */
export const Gaps = ({ mapping: { unmapped, more } }: { mapping: Mapping }) => (
  <section className="card">
    <h3>Not mapped yet</h3>
    {unmapped.accounts.length + unmapped.services.length === 0 ? (
      <p>Nothing: everything that is billed is mapped.</p>
    ) : null}
    <OfKind kind="accounts" first={unmapped.accounts} more={more.accounts} />
    <OfKind kind="services" first={unmapped.services} more={more.services} />
  </section>
);

const OfKind = ({ kind, first, more }: { kind: Kind; first: Gap[]; more: number }) => {
  const [showsAll, setShowsAll] = useState(false);
  if (first.length === 0) return null;
  const units = first.reduce((sum, { unbilledUnits }) => sum + unbilledUnits, 0);
  const many = `${oneOf[kind]}s`;
  return (
    <div>
      <h4>
        {numberOf(first.length + more)} {first.length + more === 1 ? oneOf[kind] : many}{" "}
        <span className="quiet">
          · {more > 0 ? "more than " : ""}
          {numberOf(units)} units unbilled
        </span>
      </h4>
      {showsAll ? <AllOfKind kind={kind} /> : <GapTable kind={kind} gaps={first} />}
      {more > 0 && !showsAll ? (
        <div className="row">
          <span className="quiet small">Those with the most units stand here.</span>
          <Button onPress={() => setShowsAll(true)}>
            Show all {numberOf(first.length + more)} {many}
          </Button>
        </div>
      ) : null}
    </div>
  );
};

const AllOfKind = ({ kind }: { kind: Kind }) => {
  const list = useList("GET /v1/integrations/gradient/mapping/items", askedItems(kind, "unmapped"), (body) => body);
  return (
    <Paged list={list} one={oneOf[kind]} empty={<p>Nothing is unmapped any more.</p>}>
      {(items) => <GapTable kind={kind} gaps={items} />}
    </Paged>
  );
};
