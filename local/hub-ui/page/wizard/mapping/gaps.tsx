import { type ComponentProps, useCallback, useState } from "react";
import { countOf, numberOf } from "../../../../page-parts/words.ts";
import { useList } from "../../answers.ts";
import { Button } from "../../parts/button.tsx";
import { Paged } from "../../parts/paged.tsx";
import { useSession } from "../../session.ts";
import { useHeadingFocus } from "../focus.ts";
import { GapTable } from "./gap-table.tsx";
import { LeaveOut } from "./leave-out.tsx";
import { askedItems, type Gap, type Kind, type Mapping, oneOf, toggled } from "./mapping.ts";

/** What the gaps cost, all together; the lists of customers and of services overlap. */
export const gapsWords = ({
  accounts,
  services,
  unbilledUnits,
}: Pick<Mapping, "accounts" | "services" | "unbilledUnits">): string => {
  const [customers, kinds] = [accounts, services].map(({ total, mapped, unknown }) => total - mapped - unknown);
  const unknown = accounts.unknown + services.unknown;
  if (!customers && !kinds) return "Nobody has been able to look yet whether these are mapped. That happens by itself.";
  const once = customers && kinds ? ", each counted once" : "";
  const open = unknown > 0 ? " Of the others nobody has been able to look yet; that happens by itself." : "";
  return `What is not mapped is not billed: ${countOf(unbilledUnits, "unit")} in all${once}. Map it in Gradient.${open}`;
};

/** Who and what is not mapped yet, with the units that nobody bills for as long, and how to leave it so on purpose. */
export const Gaps = ({ mapping }: { mapping: Mapping }) => {
  const { mayChange } = useSession();
  const { unmapped, more, accounts, services } = mapping;
  const isNone = unmapped.accounts.length + unmapped.services.length === 0;
  const unknown = accounts.unknown + services.unknown;
  return (
    <section className="card">
      <h3>{unknown > 0 ? "Not mapped, or not known yet" : "Not mapped yet"}</h3>
      {isNone ? (
        <p>Nothing: everything that is billed is mapped.</p>
      ) : (
        <p>
          {gapsWords(mapping)} {mayChange ? "You can also choose what is not to be billed, and leave it out." : null}
        </p>
      )}
      <OfKind kind="accounts" first={unmapped.accounts} more={more.accounts} unknown={accounts.unknown} />
      <OfKind kind="services" first={unmapped.services} more={more.services} unknown={services.unknown} />
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
  /** Of how many, these and the others, it is not known whether they are mapped. */
  unknown: number;
}

/** `3 customers · 68 units unbilled · of 1 it is not known yet`. */
export const gapWords = ({ kind, first, more, unknown }: OfKindProps): { count: string; rest: string } => {
  const total = first.length + more;
  const units = first.filter(({ isKnown }) => isKnown).reduce((sum, { unbilledUnits }) => sum + unbilledUnits, 0);
  // of those that are not shown nobody has said that they have a unit
  const unbilled = more > 0 && units === 0 ? [] : [`${more > 0 ? "more than " : ""}${countOf(units, "unit")} unbilled`];
  const open = unknown === 0 ? [] : [`of ${numberOf(unknown)} it is not known yet`];
  const rest = unknown === total ? ["not known yet whether mapped"] : [...unbilled, ...open];
  return { count: countOf(total, oneOf[kind]), rest: rest.join(" · ") };
};

const OfKind = ({ kind, first, more, unknown }: OfKindProps) => {
  const [showsAll, setShowsAll] = useState(false);
  const { chosenIds, choose, chooseNone } = useChoice();
  const [asked, setAsked] = useState<Gap[] | undefined>(undefined);
  // the button goes with its press
  const heading = useHeadingFocus(showsAll ? "all" : "first", { isAsked: true });
  const words = gapWords({ kind, first, more, unknown });
  const many = `${oneOf[kind]}s`;
  const choosing = { kind, chosenIds, onChoose: choose, onLeaveOut: setAsked };
  const close = () => setAsked(undefined);
  const listed = new Set(first.map(({ id }) => id));
  return (
    <>
      {first.length === 0 ? null : (
        <div>
          <h4 ref={heading} tabIndex={-1}>
            {words.count} <span className="quiet">· {words.rest}</span>
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
