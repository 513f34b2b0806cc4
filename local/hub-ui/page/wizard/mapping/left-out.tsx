import { useState } from "react";
import { countOf, momentOf, numberOf } from "../../../../page-parts/words.ts";
import { useChange, useList } from "../../answers.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Paged } from "../../parts/paged.tsx";
import { nameOf } from "../../people.ts";
import { useSession } from "../../session.ts";
import { askedItems, type Kind, type Mapping, type MappingItem, oneOf } from "./mapping.ts";

const reasons: Record<string, string> = {
  trial: "On trial",
  "not-provisioned": "No service is provisioned",
};

/** How many, by their reasons; what there is none of is not said. */
export const leftOutWords = ({ accounts, trial, notProvisioned, services }: Mapping["leftOut"]): string => {
  const why = [
    [accounts, "by choice"],
    [trial, "on trial"],
    [notProvisioned, "without a provisioned service"],
  ] as const;
  const reasons = why.filter(([count]) => count > 0).map(([count, reason]) => `${numberOf(count)} ${reason}`);
  const customers = accounts + trial + notProvisioned;
  const parts = [
    ...(customers === 0 ? [] : [`${countOf(customers, "customer")} (${reasons.join(", ")})`]),
    ...(services === 0 ? [] : [countOf(services, "service")]),
  ];
  return parts.length === 0 ? "Nobody and nothing." : `${parts.join(" and ")}.`;
};

/** Who and what is left out of what is billed, and why; what a person has left out can be taken in again. */
export const LeftOut = ({ leftOut }: Pick<Mapping, "leftOut">) => {
  const [isOpen, setOpen] = useState(false);
  const customers = leftOut.accounts + leftOut.trial + leftOut.notProvisioned;
  return (
    <section className="card">
      <h3>Left out of what is billed</h3>
      <p>{leftOutWords(leftOut)}</p>
      {customers + leftOut.services === 0 ? null : (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>Show who and what</summary>
          {isOpen ? (
            <>
              {customers === 0 ? null : <OfKind kind="accounts" />}
              {leftOut.services === 0 ? null : <OfKind kind="services" />}
            </>
          ) : null}
        </details>
      )}
    </section>
  );
};

const OfKind = ({ kind }: { kind: Kind }) => {
  const list = useList("GET /v1/integrations/gradient/mapping/items", askedItems(kind, "left-out"), (body) => body);
  const { mayChange } = useSession();
  return (
    <Paged list={list} one={oneOf[kind]} empty={<p>No {oneOf[kind]} is left out any more.</p>}>
      {(items) => (
        <ul className="bare">
          {items.map((item) => (
            <li key={item.id} className="row apart">
              <span>
                <bdi>{item.name}</bdi> <Why item={item} />
              </span>
              {mayChange && item.leftOut?.reason === "chosen" ? <TakeIn kind={kind} item={item} /> : null}
            </li>
          ))}
        </ul>
      )}
    </Paged>
  );
};

const TakeIn = ({ kind, item: { id, name } }: { kind: Kind; item: MappingItem }) => {
  const taking = useChange("POST /v1/integrations/gradient/mapping/inclusions");
  const takeIn = () => taking.mutate({ body: { kind, ids: [id] } });
  return (
    <>
      <Button onPress={takeIn} isPending={taking.isPending}>
        Take in again <span className="unseen">{name}</span>
      </Button>
      <Failure error={taking.error} onRetry={takeIn} />
    </>
  );
};

const Why = ({ item: { leftOut } }: { item: MappingItem }) => {
  const { setting } = useSession();
  if (leftOut === null) return null;
  const { reason, note, by, at } = leftOut;
  return (
    <span className="quiet small">
      {reason === "chosen" ? <bdi>“{note ?? "no reason"}”</bdi> : (reasons[reason] ?? reason)}
      {by === null ? null : (
        <>
          , <bdi>{nameOf(setting, by)}</bdi>
        </>
      )}
      {at === null ? "" : `, ${momentOf(at)}`}
    </span>
  );
};
