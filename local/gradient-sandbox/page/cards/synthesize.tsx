import { useDeferredValue, useEffect, useRef, useState } from "react";
import { Dialog } from "../../../page-parts/dialog.tsx";
import { Notice } from "../../../page-parts/notice.tsx";
import { countOf, numberOf } from "../../../page-parts/words.ts";
import {
  type Card,
  type Cards,
  call,
  type OrganizationDetail,
  pathOf,
  queries,
  Unanswered,
  useCards,
} from "../sandbox-api.ts";
import { useShowMore } from "../show-more.tsx";
import { useAction } from "../use-action.ts";
import { type CardFilter, CardFilters, isShown, noFilter } from "./card-filters.tsx";
import { NothingYet } from "./nothing-yet.tsx";
import { useSteadyOrder } from "./steady-order.ts";
import { UsageCard } from "./usage-card.tsx";

const shownAtOnce = 48;

/** How many there are, and how many of them stand on the page. */
const foundWords = (found: number, here: number): string =>
  found > here ? `${numberOf(here)} of ${countOf(found, "card")} shown.` : `${countOf(found, "card")} shown.`;

/** What was done; of those that somebody else has settled meanwhile, nothing. */
const settledWords = (verb: "approve" | "dismiss", items: Card[]): string => {
  const [only] = items;
  if (only === undefined) return "Nothing was changed: it was settled in another place already.";
  const did = verb === "approve" ? "Approved" : "Dismissed";
  return items.length > 1
    ? `${did}: ${countOf(items.length, "card")}.`
    : `${did}: ${only.accountName}, ${only.serviceName}. The PSA bills ${numberOf(only.psaQuantity)}.`;
};

/** What the vendor counted beside what the PSA bills. Nothing is billed before somebody approves it. */
export const Synthesize = ({ organization }: { organization: OrganizationDetail }) => {
  const { organizationId } = organization;
  const { data, error } = useCards(organizationId);
  const [filter, setFilter] = useState<CardFilter>(noFilter);
  // what was settled here stays in its place, as it is now, until another filter is chosen: nothing jumps
  const [settledHere, setSettledHere] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, setAsking] = useState(false);
  const [said, setSaid] = useState("");
  const { run, isBusy, failure } = useAction();
  const list = useRef<HTMLUListElement>(null);
  const settledAt = useRef<{ place: number; verb: "approve" | "dismiss" } | undefined>(undefined);
  const deferred = useDeferredValue(filter);

  const cards = useSteadyOrder(data?.items, deferred);
  const zeros = data?.zerosWithoutCard ?? 0;
  const found = cards.filter((card) => settledHere.has(card.cardId) || isShown(card, deferred));
  const { shown, more } = useShowMore(found, shownAtOnce);
  const open = found.filter(({ state }) => state === "open");
  const settle = (verb: "approve" | "dismiss", chosen: Card[]) =>
    run(async () => {
      const at = shown.findIndex(({ cardId }) => cardId === chosen[0]?.cardId);
      const key = ["cards", organizationId];
      await queries.cancelQueries({ queryKey: key });
      const cardIds = chosen.map(({ cardId }) => cardId);
      const { items } = await call<{ items: Card[] }>("POST", pathOf(organizationId, `/cards/${verb}`), { cardIds });
      const changed = new Map(items.map((card) => [card.cardId, card]));
      queries.setQueryData<Cards>(key, (before) =>
        before === undefined
          ? before
          : { ...before, items: before.items.map((card) => changed.get(card.cardId) ?? card) },
      );
      setAsking(false);
      setSettledHere((before) => new Set([...before, ...changed.keys()]));
      setSaid(settledWords(verb, items));
      settledAt.current = { place: at, verb };
    });
  useEffect(() => {
    if (isBusy || settledAt.current === undefined) return;
    // the button is gone from under the focus: the same one of the next card has it, else the list
    const { place, verb } = settledAt.current;
    const next = [...(list.current?.children ?? [])]
      .slice(place)
      .map((card) => [...card.querySelectorAll("button")].at(verb === "approve" ? 0 : -1))
      .find((button) => button !== undefined);
    settledAt.current = undefined;
    if (document.activeElement === document.body) (next ?? list.current)?.focus({ preventScroll: true });
  });
  return (
    <>
      {cards.length + zeros === 0 ? null : (
        <p className="lead">
          {countOf(cards.filter(({ state }) => state === "open").length, "card")} to approve
          {zeros > 0 ? `; ${countOf(zeros, "count")} of zero ${zeros === 1 ? "needs" : "need"} none` : ""}.
        </p>
      )}
      {error && !(error instanceof Unanswered) ? (
        <Notice tone="bad" title="The cards cannot be read.">
          {error.message}
        </Notice>
      ) : null}
      {failure === undefined ? null : (
        <Notice tone="bad" title="That was not done.">
          {failure}
        </Notice>
      )}
      {data !== undefined && cards.length + zeros === 0 ? (
        <NothingYet organization={organization} />
      ) : (
        <>
          <CardFilters
            cards={cards}
            filter={filter}
            onChange={(next) => {
              setFilter(next);
              setSettledHere(new Set());
              setSaid("");
            }}
          />
          <div className="row apart said">
            <p role="status">{said === "" && deferred !== noFilter ? foundWords(found.length, shown.length) : said}</p>
            {open.length > 1 ? (
              <button type="button" disabled={isBusy} onClick={() => setAsking(true)}>
                Approve all {numberOf(open.length)}
              </button>
            ) : null}
          </div>
          <ul className="bare cards" ref={list} tabIndex={-1} aria-label="Cards">
            {shown.map((card) => (
              <UsageCard key={card.cardId} card={card} isBusy={isBusy} onSettle={(verb) => void settle(verb, [card])} />
            ))}
          </ul>
          {more}
        </>
      )}
      {isAsking ? (
        <Dialog title={`Approve ${countOf(open.length, "card")}?`} onClose={() => setAsking(false)}>
          <p>
            {open.length > shown.length ? "Also those further down. " : ""}The PSA then bills{" "}
            {countOf(
              open.reduce((sum, { vendorUnits }) => sum + vendorUnits, 0),
              "unit",
            )}{" "}
            where it bills {numberOf(open.reduce((sum, { psaQuantity }) => sum + psaQuantity, 0))} now.
          </p>
          <div className="row">
            <button type="button" className="primary" disabled={isBusy} onClick={() => void settle("approve", open)}>
              Approve
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              Not yet
            </button>
          </div>
        </Dialog>
      ) : null}
    </>
  );
};
