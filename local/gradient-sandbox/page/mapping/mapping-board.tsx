import { useDeferredValue, useId, useRef, useState } from "react";
import { countOf, numberOf } from "../../../page-parts/words.ts";
import { ChoiceList } from "./choice-list.tsx";
import { isOpen, type Mapping, matches, type Pair } from "./mapping.ts";

interface MappingBoardProps {
  mapping: Mapping;
  onMap(pairs: Pair[]): Promise<boolean>;
  onExclude(ids: string[]): Promise<boolean>;
}

type Focusable = { focus(): void };

// fewer are found at a glance
const manyNames = 8;

/** Two lists: what the vendor has, and what the PSA has. By keyboard, by mouse and by touch. */
export const MappingBoard = ({ mapping, onMap, onExclude }: MappingBoardProps) => {
  const { items, psa, words } = mapping;
  const id = useId();
  const left = useRef<Focusable | null>(null);
  const right = useRef<Focusable | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [dragged, setDragged] = useState<string[] | undefined>(undefined);
  const [text, setText] = useState("");
  const [psaText, setPsaText] = useState("");
  const [said, setSaid] = useState("");
  const shownText = useDeferredValue(text);
  const shownPsaText = useDeferredValue(psaText);

  const open = items.filter(isOpen);
  // mapped by somebody else meanwhile, and picked no more
  const picked = new Set(open.filter((one) => chosen.has(one.id)).map((one) => one.id));
  const shown = open.filter(({ name }) => matches(shownText, name));
  const mappedNames = Map.groupBy(items, ({ psaId }) => psaId ?? "");
  const targets = psa
    .filter(({ name }) => matches(shownPsaText, name))
    .map((one) => {
      const [first, ...others] = mappedNames.get(one.id) ?? [];
      if (first === undefined) return one;
      const more = others.length > 0 ? ` and ${numberOf(others.length)} more` : "";
      return { ...one, detail: `mapped: ${first.name}${more}` };
    });

  const toggle = (one: string) => {
    const next = new Set(picked);
    if (!next.delete(one)) next.add(one);
    setChosen(next);
    setSaid(next.size === 0 ? "" : `${countOf(next.size, words.one)} picked. Now choose the ${words.psaOne}.`);
  };
  const pickUp = (one: string) => {
    const next = picked.size > 0 ? picked : new Set([one]);
    setChosen(next);
    setSaid(`${countOf(next.size, words.one)} picked up. Choose a ${words.psaOne}: Enter maps, Escape cancels.`);
    right.current?.focus();
  };
  const putBack = () => {
    setChosen(new Set());
    setSaid("Nothing is picked.");
    left.current?.focus();
  };
  const mapOnto = async (ids: string[], psaId: string) => {
    if (ids.length === 0) {
      setSaid(`Pick ${words.many} first, then the ${words.psaOne}.`);
      return;
    }
    const name = psa.find((one) => one.id === psaId)?.name ?? "";
    if (!(await onMap(ids.map((one) => ({ id: one, psaId }))))) return;
    setChosen(new Set());
    setSaid(`${countOf(ids.length, words.one)} mapped to ${name}.`);
    left.current?.focus();
  };
  const excludePicked = async () => {
    const count = picked.size;
    if (!(await onExclude([...picked]))) return;
    setChosen(new Set());
    setSaid(`${countOf(count, words.one)} excluded.`);
    left.current?.focus();
  };
  const hasSearch = items.length > manyNames || psa.length > manyNames;
  const search = (label: string, value: string, onChange: (next: string) => void) =>
    hasSearch ? (
      <label className="small">
        {label}
        <input type="search" value={value} onChange={(event) => onChange(event.target.value)} />
      </label>
    ) : null;
  return (
    <div className="board">
      <p className="small quiet" id={`${id}-how`}>
        {open.length === 0 ? null : (
          <>
            Pick {words.many}, then their {words.psaOne} or <em>Exclude</em>. Dragging works, too.{" "}
            <span className="unseen by-keyboard">
              Keys: Space picks, Enter picks up, arrows choose the {words.psaOne}, Enter maps, Escape cancels.
            </span>
          </>
        )}
      </p>
      <div className="halves">
        <section aria-labelledby={`${id}-left`}>
          <h2 id={`${id}-left`}>
            {words.many} to map <span className="count">{numberOf(open.length)}</span>
          </h2>
          {search(`Find ${words.many}`, text, setText)}
          <ChoiceList
            ref={left}
            labelledBy={`${id}-left`}
            describedBy={`${id}-how`}
            choices={shown}
            picked={picked}
            onPick={toggle}
            onEnter={pickUp}
            onEscape={putBack}
            onPickAll={() => setChosen(new Set(shown.map((one) => one.id)))}
            onDrag={(one) => setDragged(one === undefined ? undefined : picked.has(one) ? [...picked] : [one])}
            empty={open.length === 0 ? "Nothing is left to map." : "None has such a name."}
          />
        </section>
        <section aria-labelledby={`${id}-right`}>
          <h2 id={`${id}-right`}>
            {words.psaMany} in your PSA <span className="count">{numberOf(psa.length)}</span>
          </h2>
          {search(`Find ${words.psaMany}`, psaText, setPsaText)}
          <ChoiceList
            ref={right}
            labelledBy={`${id}-right`}
            describedBy={`${id}-how`}
            choices={targets}
            onPick={(psaId) => void mapOnto([...picked], psaId)}
            onEnter={(psaId) => void mapOnto([...picked], psaId)}
            onEscape={putBack}
            onDrop={dragged === undefined ? undefined : (psaId) => void mapOnto(dragged, psaId)}
            empty="None has such a name."
          />
        </section>
      </div>
      <div className={picked.size > 0 ? "board-bar on" : "board-bar"}>
        <p role="status">{said}</p>
        {picked.size > 0 ? (
          <div className="row">
            <button type="button" className="primary to-targets" onClick={() => right.current?.focus()}>
              Choose a {words.psaOne}
            </button>
            <button type="button" onClick={() => void excludePicked()}>
              Exclude
            </button>
            <button type="button" onClick={putBack}>
              Put back
            </button>
          </div>
        ) : null}
      </div>
    </div>
  );
};
