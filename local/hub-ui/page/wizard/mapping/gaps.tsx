import { type ComponentProps, useCallback, useState } from "react";
import { numberOf } from "../../../../page-parts/words.ts";
import { useList } from "../../answers.ts";
import { Button } from "../../parts/button.tsx";
import { Paged } from "../../parts/paged.tsx";
import { useSession } from "../../session.ts";
import { useHeadingFocus } from "../focus.ts";
import { GapTable } from "./gap-table.tsx";
import { LeaveOut } from "./leave-out.tsx";
import { askedItems, type Gap, type Kind, type Mapping, oneOf, toggled } from "./mapping.ts";

/** Who and what is not mapped yet, with the units that nobody bills for as long, and how to leave it so on purpose. */
export const Gaps = ({ mapping: { unmapped, more } }: { mapping: Mapping }) => {
  const { mayChange } = useSession();
  const isNone = unmapped.accounts.length + unmapped.services.length === 0;
  return (
    <section className="card">
      <h3>Not mapped yet</h3>
      {isNone ? (
        <p>Nothing: everything that is billed is mapped.</p>
      ) : (
        <p>
          Their units are not billed. Map them in Gradient
          {mayChange ? ", or choose what is not to be billed and leave it out" : ""}.
        </p>
      )}
      <OfKind kind="accounts" first={unmapped.accounts} more={more.accounts} />
      <OfKind kind="services" first={unmapped.services} more={more.services} />
    </section>
  );
};

/** What is chosen stays so while the list is read anew, or the longer one takes its place. */
const useChoice = () => {
  const [chosenIds, setChosenIds] = useState<ReadonlySet<string>>(new Set());
  const choose = useCallback((id: string) => setChosenIds((before) => toggled(before, id)), []);
  return { chosenIds, choose, chooseNone: () => setChosenIds(new Set()) };
};

interface OfKindProps {
  kind: Kind;
  /** Those with the most units. */
  first: Gap[];
  /** How many others there are. */
  more: number;
}

const OfKind = ({ kind, first, more }: OfKindProps) => {
  const [showsAll, setShowsAll] = useState(false);
  const { chosenIds, choose, chooseNone } = useChoice();
  const [asked, setAsked] = useState<Gap[] | undefined>(undefined);
  // the button goes with its press
  const heading = useHeadingFocus(showsAll ? "all" : "first", { isAsked: true });
  const units = first.reduce((sum, { unbilledUnits }) => sum + unbilledUnits, 0);
  const many = `${oneOf[kind]}s`;
  const choosing = { kind, chosenIds, onChoose: choose, onLeaveOut: setAsked };
  const close = () => setAsked(undefined);
  const listed = new Set(first.map(({ id }) => id));
  return (
    <>
      {first.length === 0 ? null : (
        <div>
          <h4 ref={heading} tabIndex={-1}>
            {numberOf(first.length + more)} {first.length + more === 1 ? oneOf[kind] : many}{" "}
            <span className="quiet">
              · {more > 0 ? "more than " : ""}
              {numberOf(units)} units unbilled
            </span>
          </h4>
          {showsAll ? <AllOfKind {...choosing} /> : <GapTable {...choosing} gaps={first} />}
          {more > 0 && !showsAll ? (
            <div className="row">
              <span className="quiet small">Those with the most units stand here.</span>
              <Button onPress={() => setShowsAll(true)}>
                Show all {numberOf(first.length + more)} {many}
              </Button>
            </div>
          ) : null}
        </div>
      )}
      {asked === undefined ? null : (
        <LeaveOut
          kind={kind}
          chosen={asked}
          // of a longer list than the first ones nobody knows without reading it anew
          gone={more > 0 ? 0 : asked.filter(({ id }) => !listed.has(id)).length}
          onClose={close}
          onDone={() => {
            close();
            chooseNone();
          }}
        />
      )}
    </>
  );
};

const AllOfKind = ({ kind, ...choosing }: Omit<ComponentProps<typeof GapTable>, "gaps">) => {
  const list = useList("GET /v1/integrations/gradient/mapping/items", askedItems(kind, "unmapped"), (body) => body);
  return (
    <Paged list={list} one={oneOf[kind]} empty={<p>Nothing is unmapped any more.</p>}>
      {(items) => <GapTable kind={kind} gaps={items} {...choosing} />}
    </Paged>
  );
};
