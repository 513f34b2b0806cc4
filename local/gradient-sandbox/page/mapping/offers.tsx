import { countOf } from "../../../page-parts/words.ts";
import { certainOf, type Mapping, offersOf, type Pair } from "./mapping.ts";

interface OffersProps {
  mapping: Mapping;
  isBusy: boolean;
  onMap(pairs: Pair[]): Promise<boolean>;
}

const shownAtOnce = 20;

const isMappedTo = ({ items }: Mapping, { psaId }: Pair): boolean => items.some((item) => item.psaId === psaId);

/** Names that are nearly the same are offered; only a person can say that they are the same customer. */
export const Offers = ({ mapping, isBusy, onMap }: OffersProps) => {
  const offers = offersOf(mapping);
  if (offers.length === 0) return null;
  const certain = certainOf(offers);
  const hidden = offers.length - shownAtOnce;
  return (
    <section className="card" aria-labelledby="offers-title">
      <div className="row apart">
        <h2 id="offers-title">Is this the same?</h2>
        {certain.length > 1 ? (
          <button type="button" className="primary" disabled={isBusy} onClick={() => void onMap(certain)}>
            {certain.length === offers.length ? `Map all ${certain.length}` : `Map the ${certain.length} clear ones`}
          </button>
        ) : null}
      </div>
      <p className="small quiet">Nearly the same names: you decide.</p>
      <ul className="bare">
        {offers.slice(0, shownAtOnce).map((offer) => (
          <li key={`${offer.id} ${offer.psaId}`} className="row apart pair">
            <span className="grow">
              <bdi>{offer.name}</bdi> <span aria-hidden="true">→</span>
              <span className="unseen"> may be </span> <bdi>{offer.psaName}</bdi>{" "}
              {offer.isSame ? <span className="quiet small">the same name</span> : null}
              {offer.rival === undefined ? null : (
                <span className="small rival">
                  Look twice: <bdi>“{offer.rival}”</bdi>{" "}
                  {isMappedTo(mapping, offer) ? "is mapped to it already" : "is near, too"}.
                </span>
              )}
            </span>
            <button type="button" disabled={isBusy} onClick={() => void onMap([offer])}>
              Map
              <span className="unseen">
                {" "}
                {offer.name} to {offer.psaName}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {hidden > 0 ? <p className="small quiet">{countOf(hidden, "more")} once these are decided.</p> : null}
    </section>
  );
};
