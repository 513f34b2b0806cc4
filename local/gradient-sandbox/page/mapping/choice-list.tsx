import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type DragEvent, type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from "react";

export interface Choice {
  id: string;
  name: string;
  /** What else there is to say of it, in small letters. */
  detail?: string | undefined;
}

interface ChoiceListProps {
  /** The heading that names the list. */
  labelledBy: string;
  describedBy: string;
  choices: Choice[];
  ref: Ref<{ focus(): void }>;
  /** Several may be picked where this is given, and they may be dragged. */
  picked?: ReadonlySet<string>;
  /** A space, a click or a tap. */
  onPick(id: string): void;
  /** Enter. */
  onEnter(id: string): void;
  onEscape(): void;
  onPickAll?(): void;
  /** Dragging begins with this one, and ends with none. */
  onDrag?(id: string | undefined): void;
  /** Given while something is dragged that may be dropped here. */
  onDrop?: ((id: string) => void) | undefined;
  empty: string;
}

const pageOf = 8;
const typingMs = 700;

/** Where a key leads from the choice at `at` among so many; undefined for a key that moves nothing. */
const movedTo = (key: string, at: number, count: number): number | undefined => {
  const steps = new Map([
    ["ArrowDown", at + 1],
    ["ArrowUp", at - 1],
    ["PageDown", at + pageOf],
    ["PageUp", at - pageOf],
    ["Home", 0],
    ["End", count - 1],
  ]);
  return steps.get(key);
};

/**
 * A list to pick from, with one stop for Tab: arrows, Page Up and Down, Home and End move, typing finds a name. Only
 * what is in sight is in the document, so that thousands are as quick as ten.
 */
export const ChoiceList = (props: ChoiceListProps) => {
  const { choices, picked, onDrag, onDrop } = props;
  const box = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: "", at: 0 });
  const [active, setActive] = useState(0);
  const [dragged, setDragged] = useState<number | undefined>(undefined);
  const [over, setOver] = useState<string | undefined>(undefined);
  const at = Math.min(active, choices.length - 1);
  useImperativeHandle(props.ref, () => ({ focus: () => box.current?.focus() }), []);
  const rows = useVirtualizer({
    count: choices.length,
    getScrollElement: () => box.current,
    estimateSize: () => 48,
    getItemKey: (index) => choices[index]?.id ?? index,
    overscan: 6,
    // the one that the keyboard is on, and the one that hangs at the pointer, have to be there out of sight as well
    rangeExtractor: (range) => {
      const kept = [at, dragged].filter((index) => index !== undefined && index >= 0 && index < choices.length);
      return [...new Set([...kept, ...defaultRangeExtractor(range)])]
        .filter((index) => index !== undefined)
        .toSorted((a, b) => a - b);
    },
  });
  const move = (index: number) => {
    const next = Math.max(0, Math.min(index, choices.length - 1));
    setActive(next);
    rows.scrollToIndex(next);
  };
  const find = (letter: string) => {
    const { text, at: lastAt } = typed.current;
    const isNew = Date.now() - lastAt > typingMs;
    const wanted = `${isNew ? "" : text}${letter.toLowerCase()}`;
    typed.current = { text: wanted, at: Date.now() };
    // a single letter goes on to the next name, more letters may stay where they are
    const from = wanted.length === 1 ? at + 1 : at;
    const found = choices.findIndex((_choice, step) => {
      const name = choices[(from + step) % choices.length]?.name ?? "";
      return name.toLowerCase().startsWith(wanted);
    });
    if (found >= 0) move((from + found) % choices.length);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
    const current = choices[at];
    const to = movedTo(key, at, choices.length);
    if (to !== undefined && !hasModifier) move(to);
    else if (key === "Escape") props.onEscape();
    else if (key === " " && current !== undefined) props.onPick(current.id);
    else if (key === "Enter" && current !== undefined) props.onEnter(current.id);
    else if (key === "a" && (event.ctrlKey || event.metaKey) && props.onPickAll !== undefined) props.onPickAll();
    else if (key.length === 1 && !hasModifier) find(key);
    else return;
    event.preventDefault();
  };
  const startDrag = (event: DragEvent, index: number, id: string) => {
    event.dataTransfer.setData("text/plain", id);
    event.dataTransfer.effectAllowed = "link";
    setDragged(index);
    onDrag?.(id);
  };
  const endDrag = () => {
    setDragged(undefined);
    onDrag?.(undefined);
  };
  const optionId = (index: number) => `${props.labelledBy}-${index}`;
  // an empty listbox is none to a screen reader; the box stays where it is, and keeps the focus
  const asList =
    choices.length === 0
      ? { role: "group", tabIndex: -1, "aria-labelledby": props.labelledBy }
      : {
          role: "listbox",
          tabIndex: 0,
          "aria-labelledby": props.labelledBy,
          "aria-describedby": props.describedBy,
          "aria-multiselectable": picked === undefined ? undefined : true,
          "aria-activedescendant": optionId(at),
          onKeyDown,
        };
  return (
    <div ref={box} className="choices" {...asList}>
      {choices.length === 0 ? <p className="quiet choices-empty">{props.empty}</p> : null}
      <div role="presentation" style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const choice = choices[index];
          if (choice === undefined) return null;
          const isPicked = picked?.has(choice.id) === true;
          const marks = [
            isPicked ? "picked" : "",
            index === at ? "active" : "",
            over === choice.id && onDrop ? "over" : "",
          ];
          return (
            // the keyboard's way is the list's own, see onKeyDown
            // biome-ignore lint/a11y/useKeyWithClickEvents: an option never has the focus
            // biome-ignore lint/a11y/useFocusableInteractive: the list has it, and says which option is active
            <div
              key={key}
              ref={rows.measureElement}
              data-index={index}
              id={optionId(index)}
              role="option"
              aria-selected={picked === undefined ? false : isPicked}
              aria-setsize={choices.length}
              aria-posinset={index + 1}
              className={`choice ${marks.join(" ")}`}
              style={{ transform: `translateY(${start}px)` }}
              draggable={onDrag !== undefined}
              onClick={() => {
                setActive(index);
                props.onPick(choice.id);
              }}
              onDragStart={(event) => startDrag(event, index, choice.id)}
              onDragEnd={endDrag}
              onDragOver={(event) => {
                if (onDrop === undefined) return;
                event.preventDefault();
                setOver(choice.id);
              }}
              onDragLeave={() => setOver(undefined)}
              onDrop={(event) => {
                event.preventDefault();
                setOver(undefined);
                onDrop?.(choice.id);
              }}
            >
              {picked === undefined ? null : (
                <span className="tick" aria-hidden="true">
                  {isPicked ? "✓" : ""}
                </span>
              )}
              <span className="grow">
                {choice.name}
                {choice.detail === undefined ? null : (
                  <span className="quiet small choice-detail">{choice.detail}</span>
                )}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
};
