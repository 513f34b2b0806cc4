import { type ReactNode, useId } from "react";
import { countOf } from "../../../page-parts/words.ts";
import { certainOf, type Mapping, type Offer, offersOf, type Pair } from "./mapping.ts";

interface OffersProps {
  mapping: Mapping;
  isBusy: boolean;
  onMap(pairs: Pair[]): Promise<boolean>;
  onExclude(ids: string[]): Promise<boolean>;
}

const shownAtOnce = 20;

const isMappedTo = ({ items }: Mapping, { psaId }: Pair): boolean => items.some((item) => item.psaId === psaId);

/** Why only somebody who knows both can say that they are the same. */
const WhyLook = ({ mapping, offer }: { mapping: Mapping; offer: Offer }) => {
  if (offer.rival === undefined) return offer.needsALook ? <>Differs in accents, legal form or plural.</> : null;
  return (
    <>
      <bdi>“{offer.rival}”</bdi> {isMappedTo(mapping, offer) ? "is mapped to it already" : "is near, too"}.
    </>
  );
};

interface GroupProps {
  title: string;
  offers: Offer[];
  mapping: Mapping;
  /** Beside the title: what can be done with all of them. */
  forAll?: ReactNode;
  actions(offer: Offer): ReactNode;
}

const Group = ({ title, offers, mapping, forAll, actions }: GroupProps) => {
  const id = useId();
  if (offers.length === 0) return null;
  const hidden = offers.length - shownAtOnce;
  return (
    <section className="card offers" aria-labelledby={id}>
      <div className="row apart">
        <h2 id={id}>{title}</h2>
        {forAll}
      </div>
      <ul className="bare">
        {offers.slice(0, shownAtOnce).map((offer) => (
          <li key={`${offer.id} ${offer.psaId}`} className="row apart pair">
            <span className="grow">
              <bdi>{offer.name}</bdi> <span aria-hidden="true">→</span>
              <span className="unseen"> may be </span> <bdi>{offer.psaName}</bdi>{" "}
              {offer.isSame ? <span className="quiet small">the same name</span> : null}
              <span className="small rival">
                <WhyLook mapping={mapping} offer={offer} />
              </span>
            </span>
            {actions(offer)}
          </li>
        ))}
      </ul>
      {hidden > 0 ? <p className="small quiet">{countOf(hidden, "more")} once these are decided.</p> : null}
    </section>
  );
};

/** Names that are nearly the same are offered: what can be nothing else for all at once, the rest one by one. */
export const Offers = ({ mapping, isBusy, onMap, onExclude }: OffersProps) => {
  const offers = offersOf(mapping);
  if (offers.length === 0) return null;
  const certain = certainOf(offers);
  const isCertain = new Set(certain);
  const mapButton = (offer: Offer) => (
    <button type="button" disabled={isBusy} onClick={() => void onMap([offer])}>
      Map
      <span className="unseen">
        {" "}
        {offer.name} to {offer.psaName}
      </span>
    </button>
  );
  const mapAll =
    certain.length > 1 ? (
      <button type="button" className="primary" disabled={isBusy} onClick={() => void onMap(certain)}>
        {certain.length === offers.length ? `Map all ${certain.length}` : `Map the ${certain.length} clear ones`}
      </button>
    ) : null;
  return (
    <div className="halves">
      <Group title="Only written differently" mapping={mapping} offers={certain} forAll={mapAll} actions={mapButton} />
      <Group
        title="The same? You decide"
        mapping={mapping}
        offers={offers.filter((offer) => !isCertain.has(offer))}
        actions={(offer) => (
          <span className="row decide">
            {mapButton(offer)}
            <button type="button" disabled={isBusy} onClick={() => void onExclude([offer.id])}>
              Exclude<span className="unseen"> {offer.name}</span>
            </button>
          </span>
        )}
      />
    </div>
  );
};
