import type { BodyOf } from "#client/api-client";
import { momentOf } from "../../../page-parts/words.ts";
import { useList } from "../answers.ts";
import { Paged } from "../parts/paged.tsx";
import { detailsInWords, eventWords } from "./audit/event-words.ts";
import { CsvButton } from "./csv/csv-button.tsx";
import { type Column, Table } from "./tables/table.tsx";

const route = "GET /v1/integrations/gradient/events";
type Event = BodyOf<typeof route>["items"][number];

const roles: Record<string, string> = {
  owner: "owner",
  full_admin: "full admin",
  product_admin: "product admin",
  billing_admin: "billing admin",
};

const actors: Record<string, string> = {
  service: "The service",
  gradient: "Gradient",
  "hub-feed": "The hub's back office",
};

// the token of whoever did it may have had no name
const who = ({ actor, actorName }: Event): string => actorName || (actors[actor] ?? actor);

const Who = ({ event }: { event: Event }) => (
  <>
    <bdi>{who(event)}</bdi>
    {event.role === null ? null : <span className="second">{roles[event.role] ?? event.role}</span>}
    {event.address === null ? null : <span className="second">from {event.address}</span>}
  </>
);

const Details = ({ event }: { event: Event }) => {
  const { exportId } = event.details;
  return (
    <>
      {detailsInWords(event.details).map(({ name, text }) => (
        <span key={name} className="second">
          {name}: <bdi>{text}</bdi>
        </span>
      ))}
      {typeof exportId === "string" ? (
        <span className="second">
          <a href={`#/history/${exportId}`}>Show the run</a>
        </span>
      ) : null}
    </>
  );
};

const columns: readonly Column<Event>[] = [
  {
    title: "What",
    cell: (event) => (
      <>
        {eventWords(event.type)}
        <Details event={event} />
      </>
    ),
  },
  { title: "Who", cell: (event) => <Who event={event} /> },
  { title: "When", isTime: true, cell: ({ at }) => momentOf(at) },
];

/** Who did what, when and from where. Nothing in it is ever changed. */
export default function Audit() {
  const list = useList(
    route,
    (cursor) => ({ query: { cursor } }),
    (body) => body,
  );
  return (
    <section className="card" aria-labelledby="audit">
      <div className="row apart">
        <h2 id="audit">Audit trail</h2>
        <CsvButton route={route} />
      </div>
      <p className="quiet">Who did what, when and from where, newest first. Nothing in it is ever changed.</p>
      <Paged list={list} one="entry" many="entries" empty={<p>Nothing has happened yet.</p>}>
        {(events) => <Table caption="Entries, newest first" columns={columns} rows={events} keyOf={({ id }) => id} />}
      </Paged>
    </section>
  );
}
