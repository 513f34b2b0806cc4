import { useMemo, useRef } from "react";
import { Notice } from "../../../page-parts/notice.tsx";
import { countOf, numberOf } from "../../../page-parts/words.ts";
import { addressOf } from "../progress.ts";
import { changeOrganization, type OrganizationDetail } from "../sandbox-api.ts";
import { useAction } from "../use-action.ts";
import { certainOf, type Kind, mappingOf, mappingsBody, offersOf, type Pair } from "./mapping.ts";
import { MappingBoard } from "./mapping-board.tsx";
import { Offers } from "./offers.tsx";
import { SettledList } from "./settled-list.tsx";

interface MappingStepProps {
  organization: OrganizationDetail;
  kind: Kind;
}

/** Steps 2 and 3: which account is which customer, which service is which product. */
export const MappingStep = ({ organization, kind }: MappingStepProps) => {
  const { organizationId } = organization;
  const { run, isBusy, failure } = useAction();
  const mapping = useMemo(() => mappingOf(organization, kind), [organization, kind]);
  const { items, psa, words } = mapping;
  const mapped = items.filter(({ isMapped }) => isMapped);
  const excluded = items.filter(({ isMapped, excluded }) => excluded && !isMapped);
  const nameOf = new Map(psa.map(({ id, name }) => [id, name]));
  // what is dropped while the change before is under way waits its turn, and is not lost
  const last = useRef<Promise<boolean>>(Promise.resolve(true));
  const inTurn = (act: () => Promise<void>): Promise<boolean> => {
    last.current = last.current.then(() => run(act));
    return last.current;
  };
  const map = (pairs: Pair[]) =>
    inTurn(async () => {
      await changeOrganization(organizationId, "/mappings", mappingsBody(kind, pairs));
    });
  const exclude = (ids: string[], isOut: boolean) =>
    inTurn(async () => {
      await changeOrganization(organizationId, "/exclusions", { [kind]: ids, excluded: isOut });
    });
  const next = kind === "accounts" ? "services" : "review";
  // they are mapped with one press first, above
  const hasClear = certainOf(offersOf(mapping)).length > 1;
  const same = mapped.filter(({ name, psaId }) => nameOf.get(psaId ?? "") === name).length;
  return (
    <>
      {items.length === 0 ? null : (
        <p className="lead">
          {countOf(mapped.length, words.one)} of {numberOf(items.length)} mapped
          {same === 0 ? "" : same === mapped.length ? " by equal names" : `, ${numberOf(same)} by equal names`}
          {excluded.length > 0 ? `; ${numberOf(excluded.length)} excluded` : ""}.
          {mapped.length < items.length ? " The rest is not billed." : ""}
        </p>
      )}
      {failure === undefined ? null : (
        <Notice tone="bad" title="That was not done.">
          {failure}
        </Notice>
      )}
      {items.length === 0 ? (
        <Notice tone="neutral" title={`The vendor has sent no ${words.many} yet.`}>
          {kind === "accounts" ? "Confirm the agreement there; then they come." : "They appear here by themselves."}
        </Notice>
      ) : (
        <>
          <Offers mapping={mapping} isBusy={isBusy} onMap={map} onExclude={(ids) => exclude(ids, true)} />
          <MappingBoard mapping={mapping} onMap={map} onExclude={(ids) => exclude(ids, true)} />
          <SettledList
            title="Mapped"
            items={mapped.map((item) => ({ ...item, detail: nameOf.get(item.psaId ?? "") }))}
            action="Unmap"
            isBusy={isBusy}
            onAction={(id) => map([{ id, psaId: null }])}
          />
          <SettledList
            title="Excluded"
            items={excluded}
            action="Include again"
            isBusy={isBusy}
            onAction={(id) => exclude([id], false)}
          />
          <p className="row onward">
            <a className={hasClear ? "button" : "button primary"} href={`#${addressOf(organizationId, next)}`}>
              {kind === "accounts" ? "Go on to service mapping" : "Go on to the review"}
            </a>
          </p>
        </>
      )}
    </>
  );
};
